import Testing

@testable import AsyncSockets
@_spi(Benchmarks) @testable import DERPKit

@Suite("Clients that are held up by their rates")
struct ReceiveThrottleTests {
    /// A client that has sent more than it may, and its loop.
    private func heldUp(bytesPerSecond: Int = 10_000) throws -> (LoopTable, TableClient) {
        let table = try LoopTable(loops: 1, seed: 1)
        table.relays[0].setRates(self.rates(bytesPerSecond))
        let client = try TableClient(table, on: 0)
        table.settle()
        _ = client.frames()
        for _ in 0..<2 { client.send([UInt8](repeating: 7, count: 65_000), to: client.key) }
        table.settle()
        client.ping()
        table.settle()
        #expect(table.relays[0].counters.rateWaits > 0)
        #expect(table.relays[0].counters.pings == 0)
        return (table, client)
    }

    private func rates(_ bytesPerSecond: Int) -> RateTable {
        var limits = RateLimits()
        limits.perClient = RateLimits.Rate(bytesPerSecond: bytesPerSecond)
        return RateTable(limits)
    }

    @Test("one whose connection fails ends, though it has to wait")
    func failure() throws {
        let (table, client) = try self.heldUp()
        client.stream.fail(SocketError(.timeout, "too long"))
        table.settle()
        #expect(client.closeReason == .timeout)
    }

    @Test("one that the relay closes ends, though it has to wait")
    func abort() throws {
        let (table, client) = try self.heldUp()
        table.relays[0].clients.forEach { $0.abort(.writeTimeout) }
        table.settle()
        #expect(client.closeReason == .writeTimeout)
    }

    @Test("one goes on at once without a rate, and in time with a higher one", arguments: [0, 1_000_000])
    func otherRate(bytesPerSecond: Int) throws {
        let (table, client) = try self.heldUp()
        table.relays[0].setRates(self.rates(bytesPerSecond))
        if bytesPerSecond == 0 { table.settle() }
        #expect(table.turn(for: .seconds(2)) { table.relays[0].counters.pings == 1 })
        #expect(client.closeReason == nil)
    }

    @Test("what is waiting to be read wakes nobody")
    func quiet() throws {
        let (table, client) = try self.heldUp(bytesPerSecond: 1)
        let waits = table.relays[0].counters.rateWaits
        for _ in 0..<20 {
            client.ping()
            table.settle()
        }
        #expect(table.relays[0].counters.rateWaits == waits)
    }

    @Test("a client without a rate is never held up, whatever others have")
    func unlimited() throws {
        let table = try LoopTable(loops: 1, seed: 1)
        let client = try TableClient(table, on: 0)
        let other = try TableClient(table, on: 0)
        var limits = RateLimits()
        limits.perClient = RateLimits.Rate(bytesPerSecond: 1)
        limits.keys[client.key] = .unlimited
        table.relays[0].setRates(RateTable(limits))
        table.settle()
        for _ in 0..<10 {
            client.send([UInt8](repeating: 7, count: 65_000), to: other.key)
            table.settle()
        }
        #expect(table.relays[0].counters.packetsReceived.other == 10)
        #expect(table.relays[0].counters.rateWaits == 0)
    }
}
