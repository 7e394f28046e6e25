import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("Secret box")
struct SecretBoxTests {
    private let alice = NodePrivateKey()
    private let bob = NodePrivateKey()

    private func box(_ key: NodePrivateKey, _ peer: NodePrivateKey) throws -> SecretBox {
        try #require(SecretBox(privateKey: key, peer: peer.publicKey))
    }

    @Test("what one seals the other opens, whatever its size", arguments: [0, 1, 32, 70_000])
    func roundTrip(size: Int) throws {
        let message = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try self.box(self.alice, self.bob).seal(message)
        #expect(sealed.count == size + 40)
        #expect(try self.box(self.bob, self.alice).open(sealed) == message)
        #expect(try self.box(self.bob, self.alice).open(([9] + sealed).dropFirst()) == message)
    }

    @Test("it opens a box that PyNaCl made")
    func golden() throws {
        // crypto_box of "derp", nonce 0…23, between the keys 0x01… and 0x02….
        let hex = "000102030405060708090a0b0c0d0e0f10111213141516176c3837c1de2623ac1f2291a39019db8886aaf1b3"
        let one = try #require(NodePrivateKey(bytes: [UInt8](repeating: 1, count: 32)))
        let two = try #require(NodePrivateKey(bytes: [UInt8](repeating: 2, count: 32)))
        let box = try #require(SecretBox(privateKey: two, peer: one.publicKey))
        #expect(box.open(try #require(Hex.decode(hex))) == Array("derp".utf8))
    }

    @Test("no byte can be altered, cut or added")
    func tampered() throws {
        let sealed = try self.box(self.alice, self.bob).seal([1, 2, 3])
        let box = try self.box(self.bob, self.alice)
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 1
            #expect(box.open(altered) == nil)
        }
        for count in 0..<sealed.count { #expect(box.open(sealed.prefix(count)) == nil) }
        #expect(box.open(sealed + [0]) == nil)
        #expect(try self.box(NodePrivateKey(), self.alice).open(sealed) == nil)
    }

    @Test("the same message is never sealed alike")
    func nonces() throws {
        let box = try self.box(self.alice, self.bob)
        #expect(Set((0..<50).map { _ in box.seal([1]) }).count == 50)
    }

    @Test("there is no secret with a key of low order")
    func lowOrder() {
        let order8 = "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"
        for key in [NodePublicKey([UInt8](repeating: 0, count: 32)), NodePublicKey(text: order8)] {
            #expect(key.map { SecretBox(privateKey: self.alice, peer: $0) != nil } == false)
        }
    }
}
