import AsyncSockets
import IPAddresses
import TestSupport
import Testing

@testable import DERPKit

@Suite("Limits of connections")
struct ConnectionSeatTests {
    private static func address(_ text: String) -> IPEndpoint {
        IPEndpoint(IPAddress(text) ?? .anyIPv6, port: 1)
    }

    private func gate(trusted: String..., configure: (inout ConnectionLimits) -> Void) -> ConnectionGate {
        var limits = ConnectionLimits()
        configure(&limits)
        return ConnectionGate(limits, trusted: trusted.compactMap { IPNetwork($0) })
    }

    private func seat(
        _ gate: ConnectionGate,
        _ address: String = "192.0.2.1",
        isPaced: Bool = false,
        now: UInt64 = 1
    ) throws(ConnectionRefusal) -> ConnectionSeat {
        try ConnectionSeat(Self.address(address), in: gate, isPaced: isPaced, now: now)
    }

    @Test("so many may come at once, then so many a second; other ports aren't counted")
    func pace() throws {
        let gate = self.gate {
            $0.acceptsPerSecond = 10
            $0.acceptBurst = 3
        }
        let second: UInt64 = 1_000_000_000
        var seats = try (0..<3).map { _ in try self.seat(gate, isPaced: true, now: second) }
        #expect(throws: ConnectionRefusal.acceptRate) { try self.seat(gate, isPaced: true, now: second) }
        seats.append(try self.seat(gate, now: second))
        seats.append(try self.seat(gate, isPaced: true, now: second + second / 10))
        #expect(throws: ConnectionRefusal.acceptRate) { try self.seat(gate, isPaced: true, now: second + second / 10) }
        seats.forEach { $0.leave() }
    }

    @Test("a limit per second without a burst lets as many come at once")
    func defaultBurst() throws {
        for (rate, count) in [(0.5, 1), (1, 1), (2.5, 3), (1e300, 100)] {
            let gate = self.gate { $0.acceptsPerSecond = rate }
            for _ in 0..<count { _ = try self.seat(gate, isPaced: true) }
            guard rate < 1e9 else { continue }
            #expect(throws: ConnectionRefusal.acceptRate) { try self.seat(gate, isPaced: true) }
        }
    }

    @Test("an address without a pending connection counts as new; a trusted proxy never does")
    func first() throws {
        let gate = self.gate(trusted: "198.51.100.1/32") { _ in }
        let seat = try self.seat(gate, "2001:db8::1")
        #expect(!gate.isFirst(from: Self.address("2001:db8::2").ip))
        #expect(gate.isFirst(from: Self.address("2001:db8:0:1::1").ip))
        #expect(!gate.isFirst(from: Self.address("198.51.100.1").ip))
        seat.leave()
        #expect(gate.isFirst(from: Self.address("2001:db8::2").ip))
    }

    /// Notes who has to make room, and gives way at once as a session does.
    private final class Evictions: Sendable {
        let causes = Lock<[ConnectionRefusal]>([])
    }

    private func seat(
        _ gate: ConnectionGate,
        _ address: String,
        isShortOfFiles: Bool = false,
        noting evictions: Evictions
    ) throws(ConnectionRefusal) -> ConnectionSeat {
        try ConnectionSeat(
            Self.address(address),
            in: gate,
            isPaced: false,
            isShortOfFiles: isShortOfFiles,
            now: 1,
            onEviction: { seat, cause in
                evictions.causes.withLock { $0.append(cause) }
                _ = seat.giveWay()
            }
        )
    }

    @Test("when all places are taken the oldest of the address that has most makes room, be it the newcomer's own")
    func pending() throws {
        let gate = self.gate { $0.pending = 4 }
        let evictions = Evictions()
        let crowd = try (0..<3).map { _ in try self.seat(gate, "192.0.2.1", noting: evictions) }
        let others = try ["192.0.2.2", "2001:db8::1"].map { try self.seat(gate, $0, noting: evictions) }
        #expect(crowd.map(\.hasGivenWay) == [true, false, false])
        let next = try self.seat(gate, "192.0.2.1", noting: evictions)
        #expect(crowd.map(\.hasGivenWay) == [true, true, false] && !next.hasGivenWay)
        #expect(others.allSatisfy { !$0.hasGivenWay })
        // A client needs no such place.
        try others[0].becomeClient(isExempt: false)
        let last = try self.seat(gate, "192.0.2.3", noting: evictions)
        #expect(evictions.causes.withLock { $0 } == [.pending, .pending])
        for seat in crowd + others + [next, last] {
            seat.leave()
            seat.leave()
        }
        // All places are free again, and no more than there are.
        let fresh = try (0..<5).map { try self.seat(gate, "192.0.2.\($0)", noting: evictions) }
        #expect(fresh.map(\.hasGivenWay) == [true, false, false, false, false])
        fresh.forEach { $0.leave() }
    }

    @Test("a connection that logs in before it learns of its eviction stays, and its place is freed once")
    func lateEviction() throws {
        let gate = self.gate { $0.pending = 1 }
        let first = try self.seat(gate)
        let second = try self.seat(gate)
        try first.becomeClient(isExempt: false)
        #expect(!first.giveWay())
        // Two are on their way out at the most while they are counted in neither.
        let third = try self.seat(gate)
        third.leave()
        #expect(!third.giveWay() && second.giveWay() && !second.giveWay())
        second.leave()
        first.leave()
        let evictions = Evictions()
        let last = try (0..<2).map { _ in try self.seat(gate, "192.0.2.1", noting: evictions) }
        #expect(last.map(\.hasGivenWay) == [true, false])
        last.forEach { $0.leave() }
    }

    @Test("when connections that are to make room don't leave, new ones are refused instead")
    func stuck() throws {
        let gate = self.gate { $0.pending = 1 }
        let seats = try (0..<1025).map { _ in try self.seat(gate) }
        #expect(throws: ConnectionRefusal.pending) { try self.seat(gate) }
        seats[0].leave()
        let next = try self.seat(gate)
        (seats + [next]).forEach { $0.leave() }
    }

    @Test("a connection that may not stay takes no place from others")
    func refusedNewcomers() throws {
        let gate = self.gate {
            $0.pending = 3
            $0.perAddress = 1
        }
        let evictions = Evictions()
        let seats = try (1...3).map { try self.seat(gate, "192.0.2.\($0)", noting: evictions) }
        #expect(throws: ConnectionRefusal.address) { try self.seat(gate, "192.0.2.1") }
        #expect(evictions.causes.withLock { $0.isEmpty })
        seats.forEach { $0.leave() }
    }

    @Test("a trusted proxy never counts as the largest holder, but its clients may")
    func proxiesMakeNoRoom() throws {
        let gate = self.gate(trusted: "10.0.0.0/8") { $0.pending = 6 }
        let evictions = Evictions()
        let proxied = try (0..<4).map { _ in try self.seat(gate, "10.0.0.1", noting: evictions) }
        let crowd = try (0..<4).map { _ in try self.seat(gate, "192.0.2.1", noting: evictions) }
        #expect(crowd.map(\.hasGivenWay) == [true, true, false, false])
        #expect(proxied.allSatisfy { !$0.hasGivenWay })
        let client = ClientOrigin(address: Self.address("192.0.2.9"), through: .trusted)
        for seat in proxied.prefix(3) { try seat.identify(as: client) }
        let next = try self.seat(gate, "192.0.2.3", noting: evictions)
        #expect(proxied.map(\.hasGivenWay) == [true, false, false, false])
        (proxied + crowd + [next]).forEach { $0.leave() }
    }

    @Test("when files are short, one of several of an address makes room, but nobody's only one")
    func files() throws {
        let gate = self.gate { _ in }
        let evictions = Evictions()
        let single = try self.seat(gate, "192.0.2.1", noting: evictions)
        let crowd = try (0..<2).map { _ in try self.seat(gate, "192.0.2.2", noting: evictions) }
        let next = try self.seat(gate, "192.0.2.3", isShortOfFiles: true, noting: evictions)
        #expect(crowd.map(\.hasGivenWay) == [true, false] && !single.hasGivenWay)
        let last = try self.seat(gate, "192.0.2.4", isShortOfFiles: true, noting: evictions)
        gate.makeRoom(16, for: .files)
        #expect(evictions.causes.withLock { $0 } == [.files])
        ([single, next, last] + crowd).forEach { $0.leave() }
    }

    @Test("clients are counted, but not exempt ones")
    func clients() throws {
        let gate = self.gate { $0.clients = 1 }
        let seats = try (0..<4).map { _ in try self.seat(gate) }
        try seats[0].becomeClient(isExempt: false)
        #expect(throws: ConnectionRefusal.clients) { try seats[1].becomeClient(isExempt: false) }
        try seats[2].becomeClient(isExempt: true)
        seats[2].leave()
        #expect(throws: ConnectionRefusal.clients) { try seats[1].becomeClient(isExempt: false) }
        seats[0].leave()
        try seats[1].becomeClient(isExempt: false)
        seats.forEach { $0.leave() }
    }

    @Test("an IPv4 address and an IPv6 network of 64 bits count as one")
    func addresses() throws {
        let gate = self.gate { $0.perAddress = 2 }
        for family in [
            ["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1", "192.0.2.2"],
            ["2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:1::3", "2001:db8:0:2::1"],
        ] {
            let seats = [try self.seat(gate, family[0]), try self.seat(gate, family[1])]
            #expect(throws: ConnectionRefusal.address) { try self.seat(gate, family[2]) }
            try self.seat(gate, family[3]).leave()
            seats[0].leave()
            try self.seat(gate, family[2]).leave()
            seats[1].leave()
        }
    }

    @Test("an exempt client leaves its address's connections to others")
    func exempt() throws {
        let gate = self.gate { $0.perAddress = 1 }
        let peer = try self.seat(gate)
        #expect(throws: ConnectionRefusal.address) { try self.seat(gate) }
        try peer.becomeClient(isExempt: true)
        let other = try self.seat(gate)
        peer.leave()
        #expect(throws: ConnectionRefusal.address) { try self.seat(gate) }
        other.leave()
    }

    @Test("a trusted proxy has no limit, but clients that come through it have one")
    func proxies() throws {
        let gate = self.gate(trusted: "10.0.0.0/8") { $0.perAddress = 1 }
        let seats = try (0..<3).map { _ in try self.seat(gate, "10.0.0.1") }
        let client = ClientOrigin(address: Self.address("192.0.2.1"), through: .trusted)
        try seats[0].identify(as: client)
        #expect(seats[0].origin == client)
        #expect(throws: ConnectionRefusal.address) { try seats[1].identify(as: client) }
        try seats[0].identify(as: client)
        try seats[2].identify(as: ClientOrigin(address: Self.address("192.0.2.2"), through: .trusted))
        try seats[0].identify(as: ClientOrigin(address: Self.address("192.0.2.3"), through: .trusted))
        try seats[1].identify(as: ClientOrigin(address: Self.address("192.0.2.1"), through: .unknown))
        seats.forEach { $0.leave() }
        try self.seat(gate, "192.0.2.1").leave()
    }

    @Test("what connections hold before they are clients is bounded in total; the largest holder makes room")
    func memory() throws {
        let gate = self.gate { $0.pendingMemory = 1000 }
        let evictions = Evictions()
        let (first, second) = (
            try self.seat(gate, "192.0.2.1", noting: evictions), try self.seat(gate, "192.0.2.2", noting: evictions)
        )
        try first.hold(600)
        try second.hold(400)
        try second.hold(401)
        #expect(first.hasGivenWay && !second.hasGivenWay)
        // What it holds until it is gone is not counted.
        try first.hold(800)
        let third = try self.seat(gate, "192.0.2.3", noting: evictions)
        #expect(throws: ConnectionRefusal.pendingMemory) { try third.hold(600) }
        try third.hold(400)
        try second.becomeClient(isExempt: false)
        try third.hold(1000)
        #expect(evictions.causes.withLock { $0 } == [.pendingMemory])
        [first, second, third].forEach { $0.leave() }
        try self.seat(gate, "192.0.2.4", noting: evictions).hold(1000)
    }

    @Test("connections that were evicted are bounded too until they have left")
    func stuckMemory() throws {
        let gate = self.gate { $0.pendingMemory = 1000 }
        let seats = try (0..<7).map { try self.seat(gate, "192.0.2.\($0)") }
        for seat in seats[...3] { try seat.hold(500) }
        // Two have made room, with as much as there is for all.
        #expect(throws: ConnectionRefusal.pendingMemory) { try seats[4].hold(400) }
        #expect(gate.counts.leaving == 2 && gate.counts.pendingBytes == 1000)
        seats[0].leave()
        try seats[4].hold(400)
        seats.forEach { $0.leave() }
        #expect(gate.counts == .init(pending: 0, pendingBytes: 0, leaving: 0, clients: 0))
    }

    @Test("of an address that holds most in many places the largest ones make room")
    func memoryOfMany() throws {
        let gate = self.gate { $0.pendingMemory = 1000 }
        let evictions = Evictions()
        let crowd = try (0..<10).map { _ in try self.seat(gate, "192.0.2.1", noting: evictions) }
        for (index, seat) in crowd.enumerated() { try seat.hold(index == 5 ? 300 : 60) }
        let other = try self.seat(gate, "192.0.2.2", noting: evictions)
        try other.hold(500)
        #expect(crowd.indices.filter { crowd[$0].hasGivenWay } == [0, 5])
        // Now it holds as much as the crowd.
        try other.hold(460)
        #expect(throws: ConnectionRefusal.pendingMemory) { try other.hold(541) }
        (crowd + [other]).forEach { $0.leave() }
    }

    @Test("nothing is lost or counted twice, whoever comes and goes meanwhile", arguments: 1...4)
    func race(seed: UInt64) async throws {
        let gate = self.gate {
            $0.pending = 8
            $0.pendingMemory = 1000
            $0.clients = 1_000_000
        }
        await withTaskGroup(of: Void.self) { tasks in
            for task in 0..<4 {
                tasks.addTask {
                    var random = SplitMix64(seed: seed * 100 + UInt64(task))
                    var seats: [ConnectionSeat] = []
                    for _ in 0..<5_000 {
                        let address = IPEndpoint(IPAddress(ipv4: .random(in: 1...4, using: &random)), port: 1)
                        // As on a loop, each of these threads has seats of its own.
                        if let seat = try? ConnectionSeat(address, in: gate, isPaced: false, now: 1) {
                            seats.append(seat)
                        }
                        guard let index = seats.indices.randomElement(using: &random) else { continue }
                        try? seats[index].hold(.random(in: 0...300, using: &random))
                        guard seats.count > 4 else { continue }
                        if Bool.random(using: &random) { try? seats[index].becomeClient(isExempt: false) }
                        seats.remove(at: index).leave()
                    }
                    seats.forEach { $0.leave() }
                }
            }
        }
        let counts = gate.counts
        #expect(counts == .init(pending: 0, pendingBytes: 0, leaving: 0, clients: 0))
    }
}
