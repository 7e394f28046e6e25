import AsyncSockets

/// The far side of a proxy: connections that it passes on come here, and say their number like those of the limit relay
/// (``PairGreeting``).
// @unchecked: what waits is confined to the one loop.
public final class Sink: @unchecked Sendable {
    /// On 127.0.0.1.
    public let port: UInt16
    /// The loop on which its connections are.
    private let loop: IOLoop
    private let listener: TCPListener
    private let arrivals: Arrivals

    /// - Parameters:
    ///   - port: 0 for a free one.
    ///   - isTLS: whether the proxy speaks TLS to it. The certificate is one that nobody trusts.
    ///   - group: has one loop, so that both sides of a connection meet there.
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

    /// The far end of the connection that said this number, and was answered.
    func take(_ number: UInt64) async throws -> TCPStream {
        try await self.loop.run { () -> Result<TCPStream, LoadError> in
            self.arrivals.waiting.removeValue(forKey: number).map { .success($0) }
                ?? .failure(LoadError("a connection didn't come out of the proxy"))
        }.get()
    }

    /// Listens no more.
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
        // Before it is answered: whoever sent it takes it then.
        if number != 0 { self.waiting[number] = stream }
        do { try await stream.write(PairGreeting.answer) } catch { self.waiting[number] = nil }
        if self.waiting[number] == nil { stream.close() }
    }
}
