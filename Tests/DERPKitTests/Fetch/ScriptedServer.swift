import AsyncSockets

/// Answers each connection with the same bytes, whatever is asked, and closes.
final class ScriptedServer: Sendable {
    let group: IOLoopGroup
    private let listener: TCPListener

    var url: String { "http://127.0.0.1:\(self.listener.address.port)/" }

    /// - Parameter tls: the server's side of it; the connection then ends without TLS' close_notify.
    init(answer: String, tls: TLSContext? = nil) async throws {
        self.group = try IOLoopGroup(count: 1)
        self.listener = try await TCPListener(
            address: IPEndpoint(.loopbackIPv4, port: 0),
            group: self.group
        ) { stream in
            Task(executorPreference: stream.loop) {
                stream.setDeadline(.seconds(10))
                if let tls { _ = try? await stream.startTLS(tls) }
                await stream.waitUntilReadable()
                _ = stream.receive()
                try? await stream.write(Array(answer.utf8))
                stream.close()
            }
        }
    }
}
