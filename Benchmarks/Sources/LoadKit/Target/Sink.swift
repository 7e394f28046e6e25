import AsyncSockets

/// The destination behind a proxy. The connections that the proxy passes on send their number, like those of the limit
/// relay (``PairGreeting``).
// @unchecked: what waits is confined to the one loop.
public final class Sink: @unchecked Sendable {
    /// The port on 127.0.0.1.
    public let port: UInt16
    /// The loop that serves the connections.
    private let loop: IOLoop
    private let listener: TCPListener
    private let arrivals: Arrivals

    /// Makes a sink and listens.
    ///
    /// - Parameters:
    ///   - port: The port, 0 for a free one.
    ///   - isTLS: Whether the proxy connects with TLS. No client trusts the certificate.
    ///   - group: A group of one loop, so that both sides of a connection are on it.
    public init(port: UInt16 = 0, isTLS: Bool, _ group: IOLoopGroup) async throws {
        guard group.loops.count == 1 else { throw LoadError("the far side of a proxy needs --loops 1") }
        let arrivals = Arrivals(isTLS ? try Self.makeTLS() : nil)
        self.arrivals = arrivals
        self.loop = group.loops[0]
        self.listener = try await TCPListener(address: IPEndpoint(.loopbackIPv4, port: port), group: group) {
            stream in
            Task(executorPreference: stream.loop) { await arrivals.greet(stream) }
        }
        self.port = self.listener.address.port
    }

    private static func makeTLS() throws -> TLSContext {
        let directory = try TemporaryDirectory.make()
        defer { TemporaryDirectory.remove(directory) }
        return try LocalCertificate(in: directory).serverTLS()
    }

    /// Returns the far end of the connection with this number, which has been answered.
    func take(_ number: UInt64) async throws -> TCPStream {
        try await self.loop.run { () -> Result<TCPStream, LoadError> in
            self.arrivals.waiting.removeValue(forKey: number).map { .success($0) }
                ?? .failure(LoadError("a connection didn't come out of the proxy"))
        }.get()
    }

    /// Stops listening.
    public func close() async {
        await self.listener.close()
    }
}

/// Confined to the one loop.
private final class Arrivals: @unchecked Sendable {
    var waiting: [UInt64: TCPStream] = [:]
    private let tls: TLSContext?

    init(_ tls: TLSContext?) {
        self.tls = tls
    }

    func greet(_ stream: TCPStream) async {
        guard let number = await PairGreeting.receive(on: stream, self.tls) else { return stream.close() }
        // Before the answer, because the sender takes the stream as soon as it gets that.
        if number != 0 { self.waiting[number] = stream }
        do { try await stream.write(PairGreeting.answer) } catch { self.waiting[number] = nil }
        if self.waiting[number] == nil { stream.close() }
    }
}
