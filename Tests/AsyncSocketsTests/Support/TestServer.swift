import AsyncSockets
import Synchronization
import TestSupport

/// A listener on a free loopback port, each connection of which is served by `serve` on its loop and closed.
final class TestServer: Sendable {
    let group: IOLoopGroup
    private let listener: TCPListener
    private let outcomes: AsyncStream<Result<Void, any Error>>

    var address: IPEndpoint { IPEndpoint(.loopbackIPv4, port: self.listener.address.port) }

    init(
        loops: Int = 1,
        on ip: IPAddress = .loopbackIPv4,
        serve: @escaping @Sendable (TCPStream) async throws -> Void
    ) async throws {
        self.group = try IOLoopGroup(count: loops)
        let (outcomes, ends) = AsyncStream.makeStream(of: Result<Void, any Error>.self)
        self.outcomes = outcomes
        self.listener = try await TCPListener(address: IPEndpoint(ip, port: 0), group: self.group) { stream in
            Task(executorPreference: stream.loop) {
                do {
                    try await serve(stream)
                    ends.yield(.success(()))
                } catch {
                    ends.yield(.failure(error))
                }
                stream.close()
            }
        }
    }

    /// How the serving of the next connection to end has ended.
    func nextOutcome() async throws -> Result<Void, any Error> {
        let outcomes = self.outcomes
        return try await within {
            for await outcome in outcomes { return outcome }
            throw TooLate("a served stream ends")
        }
    }

    func close() async { await self.listener.close() }
}
