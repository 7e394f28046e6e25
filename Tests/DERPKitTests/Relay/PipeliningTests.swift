import Glibc
import STUNKit
import Testing

@testable import AsyncSockets
@testable import DERPKit

/// Requests that come at once. The loop is turned by the test.
@Suite("Pipelined requests")
struct PipeliningTests {
    private static let request = Array("GET /generate_204 HTTP/1.1\r\nHost: a\r\n\r\n".utf8)

    @Test("one is answered a tick, so that others have turns in between, and all are answered in the end")
    func oneATurn() throws {
        let count = 300
        let table = try LoopTable(loops: 1, seed: 1)
        let relay = table.relays[0]
        let group = try IOLoopGroup(count: 1)
        let (near, far) = try OwnedDescriptor.streamPair()
        let stream = try #require(TCPStream.adopt(near, on: relay.loop))
        let port = RelayPort(
            router: HTTPRouter(configuration: table.context.configuration, port: .relay),
            tls: nil,
            metrics: RelayMetrics(
                relays: table.relays,
                forwarder: table.forwarder,
                stun: STUNServer(addresses: [], on: group),
                regionMap: table.context.regionMap,
                certificates: nil,
                bootstrapDNS: table.context.bootstrapDNS,
                links: [],
                takeovers: TakeoverTally()
            ),
            certificates: nil
        )
        let session = try RelaySession(stream: stream, relay: relay, context: table.context, port: port)
        relay.opened(stream)
        let requests = Array(repeatElement(Self.request, count: count).joined())
        #expect(send(far.raw, requests, requests.count, 0) == requests.count)
        Task(executorPreference: relay.loop) { await session.run() }
        var answers = 0
        var most = 0
        var turns = 0
        while answers < count, turns < 100 * count {
            relay.loop.turn()
            turns += 1
            let now = Self.countAnswers(from: far.raw)
            most = max(most, now)
            answers += now
        }
        #expect(answers == count)
        #expect(most == 1)
    }

    /// How many answers have come.
    private static func countAnswers(from descriptor: Int32) -> Int {
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { return 0 }
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "HTTP/1.1 204").count
    }
}
