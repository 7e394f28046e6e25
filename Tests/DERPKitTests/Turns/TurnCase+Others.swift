import Glibc
import HTTPTypes
import STUNKit
import Testing

@testable import AsyncSockets
@testable import DERPKit

extension TurnCase {
    /// The states of everything else that reads.
    static let others: [TurnCase] = fetches + local + datagrams

    private static let fetches = [
        fetch("a head without end", .refusal, "HTTP/1.1 200 OK\r\n", "a: b\r\n"),
        fetch("interim answers", .refusal, "", "HTTP/1.1 100 Continue\r\n\r\n"),
        fetch("a body", .deadline, "HTTP/1.1 200 OK\r\n\r\n", "body"),
        fetch("a body that is too large", .refusal, limit: 1 << 20, "HTTP/1.1 200 OK\r\n\r\n", "body"),
        fetch("chunks of one byte", .deadline, Self.chunked, "1\r\nx\r\n"),
        fetch("chunks with extensions", .deadline, Self.chunked, "1;\(String(repeating: "a", count: 200))\r\nx\r\n"),
        fetch("a trailer", .refusal, Self.chunked + "0\r\n", "a: b\r\n"),
    ]

    private static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    private static func fetch(
        _ name: String,
        _ end: End,
        limit: Int = 1 << 40,
        _ text: String,
        _ pattern: String
    ) -> TurnCase {
        TurnCase("a fetch: \(name)", end) { stage in
            let address = try await stage.flood.listen(Opening.answer(text, then: pattern))
            stage.watch(stage.loop)
            let client = try HTTPClient(on: stage.loop)
            let url = try #require(HTTPURL("http://127.0.0.1:\(address.port)/"))
            let limits = HTTPClient.Limits(time: TurnCase.deadline, bodySize: limit)
            await #expect("it ends") {
                _ = try await client.send(.init(.get, url), limits: limits)
            } throws: { error in
                // What breaks off behind its beginning is incomplete, also for want of time.
                (error as? DERPError)?.code == (end == .deadline ? .incompleteAnswer : .protocolViolation)
            }
        }
    }

    private static let local = [
        TurnCase("an exchange with tailscaled", .refusal) { stage in
            let directory = try TemporaryDirectory()
            try await stage.floodUnixSocket(at: directory.file("socket"), "HTTP/1.1 200 OK\r\n\r\n", "body") { path in
                let url = try #require(HTTPURL("http://local/"))
                let exchange = LocalExchange(socketPath: path, on: stage.loop)
                await Stage.expectRefusal {
                    _ = try await exchange.perform(HTTPClient.Request(.get, url), within: TurnCase.deadline)
                }
            }
        },
        TurnCase("a page's request without end", .refusal) { stage in
            let group = stage.group
            let address = IPEndpoint(.loopbackIPv4, port: 0)
            let server = try await PageServer(address: address, group: group) { _ in nil }
            stage.watch(stage.loop)
            try await stage.flood.connect(to: server.address, Opening.text("GET / HTTP/1.1\r\n", then: "a: b\r\n"))
            await server.close()
        },
        TurnCase("a takeover's messages", .deadline) { stage in
            let directory = try TemporaryDirectory()
            let flood = stage.flood
            let listener = try MessageListener(
                at: directory.file("takeover"),
                on: flood.loop,
                onRefusal: {},
                onAccept: { channel in
                    Task(executorPreference: flood.loop) {
                        let message = TakeoverMessage.hello.encoded
                        let isDone = await flood.send {
                            await Result.awaiting { () throws(SocketError) in try await channel.send(message) }
                                .map { message.count }
                        }
                        flood.end(isByOther: !isDone)
                        channel.close()
                    }
                }
            )
            try await listener.start()
            stage.watch(stage.loop)
            let loop = stage.loop
            let path = directory.file("takeover")
            let result = await loop.run { () async -> Result<Void, SocketError> in
                await Result.awaiting { () throws(SocketError) in
                    guard let channel = try MessageChannel.connect(to: path, on: loop) else { return }
                    defer { channel.close() }
                    channel.setDeadline(TurnCase.deadline)
                    while true { _ = try await channel.receive() }
                }
            }
            await Stage.expectTimeout { try result.get() }
            await listener.close()
        },
    ]

    private static let datagrams = [
        TurnCase("a STUN client", .deadline) { stage in
            let port = try DatagramPort()
            stage.watch(stage.loop)
            let isOver = Task.detached(executorPreference: port.thread) {
                let client = port.receiveSender()
                return await port.flood(client, with: stage.flood)
            }
            await Stage.expectTimeout {
                _ = try await STUNClient(on: stage.group).query(server: port.address, timeout: TurnCase.deadline)
            }
            stage.flood.end(isByOther: true)
            await isOver.value
        },
        TurnCase("a STUN server", .nothing) { stage in
            let port = try DatagramPort()
            let server = STUNServer(addresses: [IPEndpoint(.loopbackIPv4, port: 0)], on: stage.group)
            try await server.start()
            stage.watch(stage.loop)
            let address = try #require(await server.boundAddresses.first)
            await Task.detached(executorPreference: port.thread) {
                await port.flood(address, with: stage.flood)
            }.value
            await server.shutdown()
        },
    ]
}
