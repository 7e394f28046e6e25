import AsyncSockets
import Testing

@testable import DERPKit

@Suite("Limits of connections")
struct ConnectionSeatTests {
    private static func address(_ text: String) -> SocketAddress {
        SocketAddress(IPAddress(text) ?? .anyIPv6, port: 1)
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

    @Test("those who have not logged in are counted until they leave or become clients")
    func pending() throws {
        let gate = self.gate { $0.pending = 2 }
        let (first, second) = (try self.seat(gate), try self.seat(gate))
        #expect(throws: ConnectionRefusal.pending) { try self.seat(gate) }
        try first.becomeClient(isExempt: false)
        let third = try self.seat(gate)
        #expect(throws: ConnectionRefusal.pending) { try self.seat(gate) }
        second.leave()
        second.leave()
        first.leave()
        let fourth = try self.seat(gate)
        #expect(throws: ConnectionRefusal.pending) { try self.seat(gate) }
        third.leave()
        fourth.leave()
    }

    @Test("clients are counted, but not those who are exempt")
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

    @Test("who is exempt leaves his address's connections to others")
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

    @Test("a trusted proxy has no limit, but those have who come through it")
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

    @Test("what connections hold before they are clients is bounded in all, and given back")
    func memory() throws {
        let gate = self.gate { $0.pendingMemory = 1000 }
        let (first, second) = (try self.seat(gate), try self.seat(gate))
        try first.hold(600)
        try second.hold(400)
        #expect(throws: ConnectionRefusal.pendingMemory) { try second.hold(401) }
        try first.hold(599)
        try second.hold(401)
        try first.becomeClient(isExempt: false)
        try second.hold(1000)
        second.leave()
        try self.seat(gate).hold(1000)
        first.leave()
    }
}
