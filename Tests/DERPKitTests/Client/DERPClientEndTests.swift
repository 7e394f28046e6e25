import AsyncSockets
import TestSupport
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("What a client says when its connection ends, or is misused", .timeLimit(.minutes(1)))
struct DERPClientEndTests {
    private func code(_ body: () async throws(DERPError) -> Void) async -> DERPError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("without a loop of their own, clients share one, and messages end when this end closes")
    func messages() async throws {
        let key = NodePrivateKey().publicKey
        let relay = try await ScriptedRelay(.admit(Frame.keepAlive + Frame.peerGone(key, .notHere)))
        let client = try await DERPClient.connect(to: relay.server)
        let other = try await DERPClient.connect(to: relay.server)
        #expect(client.loop === other.loop)
        #expect(try client.loop === IOLoopGroup.shared().loops[0])
        var messages: [DERPClient.Message] = []
        for try await message in client.messages {
            messages.append(message)
            if messages.count == 2 { await client.close() }
        }
        #expect(messages == [.keepAlive, .peerGone(key, .notHere)])
        var iterator = client.messages.makeAsyncIterator()
        #expect(try await iterator.next() == nil)
    }

    @Test("the group that serves a client need not be kept")
    func group() async throws {
        let relay = try await ScriptedRelay(.admit(Frame.keepAlive))
        let client = try await DERPClient.connect(to: relay.server, on: IOLoopGroup(count: 2))
        #expect(try await client.receive(within: .seconds(10)) == .keepAlive)
    }

    @Test("a server that closes is reported as a lost connection, once by messages, and nothing can be sent then")
    func lost() async throws {
        let relay = try await ScriptedRelay(.admitAndClose(Frame.keepAlive))
        let client = try await DERPClient.connect(to: relay.server)
        var iterator = client.messages.makeAsyncIterator()
        #expect(try await iterator.next() == .keepAlive)
        #expect(await self.code { () throws(DERPError) in _ = try await iterator.next() } == .connectionLost)
        #expect(try await iterator.next() == nil)
        for _ in 0..<2 {
            #expect(
                await self.code { () throws(DERPError) in try await client.send([1], to: client.publicKey) }
                    == .connectionLost
            )
        }
        #expect(
            await self.code { () throws(DERPError) in _ = try await client.receive(within: .seconds(10)) }
                == .connectionLost
        )
    }

    @Test("of two callers that receive, the second one fails, and the first continues")
    func twoReaders() async throws {
        let relay = try await ScriptedRelay(.admit([]))
        let client = try await DERPClient.connect(to: relay.server)
        let first = Task { try await client.receive() }
        try await waitUntil("somebody receives") { await client.loop.run { client.link.waitingSince != nil } }
        #expect(await self.code { () throws(DERPError) in _ = try await client.receive() } == .misuse)
        await client.close()
        await #expect(throws: DERPError(.closed, "this client closed the connection")) { try await first.value }
        #expect(await self.code { () throws(DERPError) in try await client.ping(1) } == .closed)
    }

    @Test("messages end for a cancelled task, receiving throws, and another task can continue")
    func cancellation() async throws {
        let relay = try await ScriptedRelay(.admit([]))
        let client = try await DERPClient.connect(to: relay.server)
        let reading = Task { for try await _ in client.messages {} }
        try await waitUntil("somebody receives") { await client.loop.run { client.link.waitingSince != nil } }
        reading.cancel()
        try await reading.value
        let receiving = Task { try await client.receive() }
        receiving.cancel()
        await #expect(throws: DERPError(.cancelled, "receiving was cancelled")) { try await receiving.value }
        #expect(
            await self.code { () throws(DERPError) in _ = try await client.receive(within: .milliseconds(1)) }
                == .timeout
        )
    }
}
