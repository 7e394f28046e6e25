import IPAddresses
import Testing

@testable import DERPKit

@Suite("Places of refused clients")
struct RefusalPlacesTests {
    /// What is tested, where the macros can have it change.
    private final class Places {
        private var places: RefusalPlaces

        init(limit: Int) { self.places = RefusalPlaces(limit: limit) }

        var count: Int { self.places.count }
        func take(_ address: IPAddress, now: UInt64) -> Bool { self.places.take(address, now: now) }
        func giveBack(_ address: IPAddress) { self.places.giveBack(address) }
        func noteShortage(now: UInt64) { self.places.noteShortage(now: now) }
    }

    private static func address(_ last: UInt32) -> IPAddress { IPAddress(ipv4: 0xc000_0200 + last) }

    @Test("there are so many, and a place is free again when it is given back")
    func limit() {
        let places = Places(limit: 8)
        for number in 0..<8 { #expect(places.take(Self.address(UInt32(number)), now: 1)) }
        #expect(!places.take(Self.address(9), now: 1))
        places.giveBack(Self.address(3))
        #expect(places.take(Self.address(9), now: 1))
        #expect(!places.take(Self.address(3), now: 1))
        #expect(places.count == 8)
    }

    @Test("one address has a quarter of them, and 64 bits of IPv6 are one address")
    func share() throws {
        let places = Places(limit: 16)
        for _ in 0..<4 { #expect(places.take(Self.address(1), now: 1)) }
        #expect(!places.take(Self.address(1), now: 1))
        #expect(places.take(Self.address(2), now: 1))
        let network = try (0..<5).map { try #require(IPAddress("2001:db8::\($0)")) }
        #expect(network.map { places.take($0, now: 1) } == [true, true, true, true, false])
        #expect(places.take(try #require(IPAddress("2001:db8:0:1::1")), now: 1))
        places.giveBack(Self.address(1))
        #expect(places.take(Self.address(1), now: 1))
    }

    @Test("the smallest pool has one place, and one of none has none")
    func smallest() {
        let one = Places(limit: 1)
        #expect(one.take(Self.address(1), now: 1))
        #expect(!one.take(Self.address(2), now: 1))
        let none = Places(limit: 0)
        #expect(!none.take(Self.address(1), now: 1))
    }

    @Test("nobody is held for 30 seconds after descriptors were short")
    func shortage() {
        let places = Places(limit: 8)
        let second: UInt64 = 1_000_000_000
        places.noteShortage(now: 5 * second)
        #expect(!places.take(Self.address(1), now: 5 * second))
        #expect(!places.take(Self.address(1), now: 35 * second - 1))
        #expect(places.take(Self.address(1), now: 35 * second))
    }

    @Test("what was never taken is not given back")
    func unknown() {
        let places = Places(limit: 1)
        places.giveBack(Self.address(1))
        #expect(places.count == 0 && places.take(Self.address(1), now: 1) && !places.take(Self.address(2), now: 1))
    }
}
