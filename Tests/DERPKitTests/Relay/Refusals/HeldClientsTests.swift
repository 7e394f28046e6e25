import Glibc
import TestSupport
import Testing

@testable import AsyncSockets
@testable import DERPKit

@Suite("Refused clients that a loop holds")
struct HeldClientsTests {
    private static let second: UInt64 = 1_000_000_000

    /// A loop that holds clients, whose ends are `ends`: each is let go a second after the one before.
    private struct Held {
        let table: LoopTable
        let pool: RefusalPool
        let ends: [OwnedDescriptor]

        var relay: RelayLoop { self.table.relays[0] }

        /// - Parameters:
        ///   - places: how many clients may come in.
        ///   - isStopped: whether the relay has stopped before.
        init(_ causes: [ClientRefusal.Cause], places: Int = 1, isStopped: Bool = false) throws {
            let table = try LoopTable(loops: 1, seed: 1) { $0.connectionLimits.clients = places }
            let relay = table.relays[0]
            if isStopped {
                Task(executorPreference: relay.loop) { await relay.drain(farewell: [], within: .zero) }
                try #require(table.turn { relay.isDraining && relay.loop.isIdle })
            }
            let pool = table.context.refusals
            self.ends = try causes.enumerated().map { index, cause in
                var pair: [Int32] = [0, 0]
                let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
                try #require(socketpair(AF_UNIX, kind, 0, &pair) == 0)
                let address = IPEndpoint(.loopbackIPv4, port: 1)
                let stream = try TCPStream(descriptor: pair[1], peerAddress: address, loop: relay.loop)
                try #require(pool.take(address.ip, now: relay.loop.now))
                let client = HeldClient(
                    socket: try #require(stream.mute()),
                    key: NodePrivateKey().publicKey,
                    address: address.ip,
                    cause: cause,
                    reason: .limit,
                    deadline: relay.loop.now + UInt64(10 + index) * HeldClientsTests.second
                )
                relay.held.hold(client, in: pool)
                return OwnedDescriptor(pair[0])
            }
            self.table = table
            self.pool = pool
        }

        /// Whether `indices` are still held, and nobody else.
        ///
        /// A process that another test forks has the sockets too, until it becomes another program: they end only then.
        func holds(_ indices: [Int]) -> Bool {
            let limit = ContinuousClock.now + .seconds(10) * Sanitizer.slowness
            while self.remaining != indices {
                guard .now < limit else { return false }
                sched_yield()
            }
            return true
        }

        private var remaining: [Int] {
            self.ends.indices.filter { index in
                var byte: UInt8 = 0
                return recv(self.ends[index].raw, &byte, 1, Int32(MSG_DONTWAIT)) != 0
            }
        }
    }

    @Test("as many as there are places are let go, those whose time ends first, and none that waits for no place")
    func places() throws {
        let held = try Held([.verdict, .full, .full, .full, .full], places: 2)
        held.relay.loop.turn(at: held.relay.loop.now + Self.second / 10)
        #expect(held.holds([0, 3, 4]))
        #expect(held.relay.held.count == 3)
        #expect(held.relay.counters.refusalEnds[.lifted] == 2)
    }

    @Test("those give way whose time is over first")
    func shortage() throws {
        let held = try Held([.verdict, .lists, .full])
        held.relay.held.giveWay(2)
        #expect(held.holds([2]))
        held.relay.held.giveWay(2)
        #expect(held.holds([]) && held.relay.held.count == 0)
        #expect(held.relay.counters.refusalEnds[.gaveWay] == 3)
    }

    @Test("a stop leaves nothing on the loop that another thread would have to take away")
    func stop() throws {
        let held = try Held([.verdict, .full])
        #expect(!held.relay.loop.timers.isEmpty)
        held.relay.held.closeAll()
        #expect(held.holds([]) && held.relay.loop.timers.isEmpty)
    }

    @Test("one that comes just after the stop is not held")
    func late() throws {
        let held = try Held([.verdict], isStopped: true)
        #expect(held.holds([]) && held.relay.loop.timers.isEmpty)
        #expect(held.relay.counters.refusalEnds[.shutdown] == 1)
    }
}
