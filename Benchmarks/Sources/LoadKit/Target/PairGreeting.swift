import AsyncSockets

/// How connections of the limit relay find each other: each says a number first, and is paired with the next that says
/// the same. The relay answers with one byte. 0 asks only whether the relay is there.
public enum PairGreeting {
    /// In bytes; the number follows in the machine's order.
    public static let byteCount = 8
    public static let answer: [UInt8] = [1]

    static func bytes(_ pair: UInt64) -> [UInt8] {
        withUnsafeBytes(of: pair) { Array($0) }
    }

    /// Waits for a connection's number, in 10 s; `nil` when it says none.
    ///
    /// - Parameter tls: what the connection begins with.
    public static func receive(on stream: TCPStream, _ tls: TLSContext?) async -> UInt64? {
        stream.setDeadline(.seconds(10))
        defer { stream.setDeadline(nil) }
        if let tls { do { try await stream.startTLS(tls) } catch { return nil } }
        var greeting: [UInt8] = []
        while greeting.count < Self.byteCount {
            switch stream.receive() {
            case .bytes(let bytes): greeting.append(contentsOf: bytes)
            case .wouldBlock: await stream.waitUntilReadable()
            case .closed, .failed: return nil
            }
        }
        // A client sends nothing more before it is answered.
        guard greeting.count == Self.byteCount else { return nil }
        return greeting.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    }
}
