/// How connections of the limit relay find each other: each says a number first, and is paired with the next that says
/// the same. The relay answers with one byte. 0 asks only whether the relay is there.
public enum PairGreeting {
    /// In bytes; the number follows in the machine's order.
    public static let byteCount = 8
    public static let answer: [UInt8] = [1]

    static func bytes(_ pair: UInt64) -> [UInt8] {
        withUnsafeBytes(of: pair) { Array($0) }
    }
}
