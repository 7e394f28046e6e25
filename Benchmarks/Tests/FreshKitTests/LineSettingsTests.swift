import LoadKit
import Testing

@testable import FreshKit

@Suite struct LineSettingsTests {
    @Test func theQueueIsThatOfTheLatency() {
        let line = LineSettings(rate: 4, queue: 60)
        #expect(line.burst == 3028)
        #expect(line.queueLimit == 33_028)
        #expect(line.name == "4 Mbit/s, 10 ms")
        #expect(LineSettings(rate: 100).burst == 12_500)
        #expect(LineSettings(rate: 0.5, roundTrip: 2.5).name == "0.5 Mbit/s, 2.5 ms")
    }

    @Test func halfOfTheRoundTripIsEachWay() {
        #expect(LineSettings(rate: 4, roundTrip: 25).delay == 12_500_000)
    }

    @Test func equalSendersShareTheDemand() {
        let flows = RunSettings().flows(.mixed, on: LineSettings(rate: 4))
        #expect(flows.count == 12)
        // 1.2 Mbit/s each.
        #expect(flows[..<10].allSatisfy { $0.interval == 8_000_000 })
        #expect(flows[..<5].allSatisfy { $0.start == 0 })
        #expect(flows[5..<10].allSatisfy { $0.start > 0 })
        #expect(flows[10...] == [.light, .disco])
    }

    @Test func countersOfInterfacesAreFound() throws {
        let text = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls
                lo:     100       2    0    0    0     0          0         0      300       4    0    0    0     0
              far0:    5000      10    0    1    0     0          0         0     7000      12    0    2    0     0
            """
        let counters = try #require(InterfaceCounters(text, of: "far0"))
        #expect(counters.receivedBytes == 5000)
        #expect(counters.dropped == 3)
        #expect(InterfaceCounters(text, of: "ar0") == nil)
    }

    @Test func serversServeWhereTheReceiverReachesThem() throws {
        let recipe = try ServerRecipe("ours=serve -a 127.0.0.1:{port} -hostname 127.0.0.1 -c {dir}/key")
        let command = FreshServer.command(recipe, directory: "/tmp/x")
        #expect(command == "serve -a 198.18.0.1:3340 -hostname 127.0.0.1 -c /tmp/x/key")
    }
}
