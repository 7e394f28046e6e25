import AsyncSockets

/// How connections of the limit relay find each other. Each sends a number first, and is paired with the next one that
/// sends the same number. The relay answers with one byte. 0 only asks whether the relay works.
public enum PairGreeting {
    /// The size of the greeting, in bytes. The number is in the machine's byte order.
    public static let byteCount = 8
    public static let answer: [UInt8] = [1]

    static func bytes(_ pair: UInt64) -> [UInt8] {
        withUnsafeBytes(of: pair) { Array($0) }
    }

    /// Waits up to 10 s for a connection's number; `nil` if there is none.
    ///
    /// - Parameter tls: The TLS context to start TLS with; `nil` for plain TCP.
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
        // A client sends nothing more before it gets the answer.
        guard greeting.count == Self.byteCount else { return nil }
        return greeting.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    }
}
