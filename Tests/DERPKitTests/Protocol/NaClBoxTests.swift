import Testing

@_spi(Benchmarks) @testable import DERPKit

/// The example of "Cryptography in NaCl" (D. J. Bernstein, 2009): keys in §2 and §3, the packet in §8 to §10.
@Suite("The box of \"Cryptography in NaCl\"")
struct NaClBoxTests {
    private let alice: NodePrivateKey
    private let bob: NodePrivateKey
    private let nonce: [UInt8]
    private let message: [UInt8]
    private let box: [UInt8]

    private static let messageHex =
        "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c6129"
        + "6cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde"
        + "048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705"
    private static let boxHex =
        "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186a"
        + "c0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae"
        + "90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74"
        + "e355a5"

    init() throws {
        self.alice = try #require(
            NodePrivateKey(text: "privkey:77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
        )
        self.bob = try #require(
            NodePrivateKey(text: "privkey:5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
        )
        self.nonce = try #require(Hex.decode("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37"))
        self.message = try #require(Hex.decode(Self.messageHex))
        self.box = try #require(Hex.decode(Self.boxHex))
        try #require(self.message.count == 131 && self.box.count == 147)
    }

    private func both() throws -> [SecretBox] {
        [
            try #require(SecretBox(privateKey: self.alice, peer: self.bob.publicKey)),
            try #require(SecretBox(privateKey: self.bob, peer: self.alice.publicKey)),
        ]
    }

    @Test("has the key that both sides compute")
    func key() throws {
        for box in try self.both() {
            #expect(Hex.encode(box.shared) == "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389")
        }
    }

    @Test("is sealed and opened by both")
    func packet() throws {
        for box in try self.both() {
            #expect(box.seal(self.message, nonce: self.nonce) == self.nonce + self.box)
            #expect(box.open(self.nonce + self.box) == self.message)
        }
    }

    @Test("doesn't open with a bit of nonce, tag or text flipped, nor cut short, nor with another key")
    func altered() throws {
        let box = try #require(try self.both().first)
        let sealed = self.nonce + self.box
        for bit in 0..<sealed.count * 8 {
            var altered = sealed
            altered[bit / 8] ^= 1 << (bit % 8)
            #expect(box.open(altered) == nil, "bit \(bit)")
        }
        for count in 0..<sealed.count { #expect(box.open(sealed.prefix(count)) == nil) }
        #expect(box.open(sealed + [0]) == nil)
        let stranger = try #require(SecretBox(privateKey: NodePrivateKey(), peer: self.bob.publicKey))
        #expect(stranger.open(sealed) == nil)
    }
}
