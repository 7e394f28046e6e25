import HTTPTypes
import AsyncSockets

/// Serves pages that are rendered on request, over plain HTTP/1.1. Each connection takes one request, and is closed
/// after 10 s at the latest. Each loop serves at most 64 connections at a time. Used for metrics in processes without a
/// relay.
package final class PageServer: Sendable {
    /// The address on which it listens, with the port that the kernel chose for port 0.
    package let address: IPEndpoint

    private let listener: TCPListener

    private static let timeout: Duration = .seconds(10)
    private static let connectionLimit = 64

    /// Starts to serve.
    ///
    /// - Parameter page: Returns the reply to a GET of this path. `nil`: 404.
    /// - Throws: ``DERPError`` with code `listen`.
    package init(
        address: IPEndpoint,
        group: IOLoopGroup,
        page: @escaping @Sendable (_ path: String) async -> HTTPReply?
    ) async throws(DERPError) {
        let counts = group.loops.map { _ in Count() }
        do {
            self.listener = try await TCPListener(address: address, group: group) { stream in
                let count = counts[stream.loop.index]
                guard count.value < Self.connectionLimit else { return stream.close() }
                count.value += 1
                Task(executorPreference: stream.loop) {
                    await Self.serve(stream, page)
                    await stream.finish()
                    count.value -= 1
                }
            }
        } catch {
            throw DERPError(listening: error, nil)
        }
        self.address = self.listener.address
    }

    package func close() async { await self.listener.close() }

    /// The number of connections of a loop.
    // @unchecked: confined to the loop.
    private final class Count: @unchecked Sendable {
        var value = 0
    }

    private static func serve(_ stream: TCPStream, _ page: (String) async -> HTTPReply?) async {
        stream.setDeadline(Self.timeout)
        var parser = HTTPRequestParser()
        var buffer: [UInt8] = []
        while true {
            switch stream.receive() {
            case .bytes(let bytes): buffer += bytes
            case .wouldBlock:
                await stream.waitUntilReadable()
                continue
            case .closed, .failed: return
            }
            switch buffer.withUnsafeBytes({ parser.parse($0) }) {
            case .incomplete: continue
            case .invalid(let error):
                try? await stream.write(HTTPReply(error).serialized(keepAlive: false))
            case .head(let head, _):
                let reply = await Self.reply(to: head, page).protected(isTLS: false)
                try? await stream.write(reply.serialized(keepAlive: false, isHead: head.method == .head))
            }
            return
        }
    }

    private static func reply(to head: HTTPRequestHead, _ page: (String) async -> HTTPReply?) async -> HTTPReply {
        guard head.isRead else { return .methodNotAllowed }
        return await page(head.path) ?? .notFound
    }
}
