import CDERPSodium
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("X25519")
struct X25519Tests {
    /// HSalsa20 of an X25519 secret with a zero nonce: the key of a box.
    private func boxKey(_ shared: [UInt8]) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: Int(crypto_core_hsalsa20_OUTPUTBYTES))
        let nonce = [UInt8](repeating: 0, count: Int(crypto_core_hsalsa20_INPUTBYTES))
        _ = crypto_core_hsalsa20(&key, nonce, shared, nil)
        return key
    }

    @Test("gives the secret that is known, and with it the key of a box", arguments: X25519Vectors.exchanges)
    func exchange(_ exchange: X25519Vectors.Exchange) throws {
        let privateKey = try #require(NodePrivateKey(text: "privkey:" + exchange.privateKey))
        let publicKey = try #require(NodePublicKey(text: exchange.publicKey))
        let shared = try #require(Hex.decode(exchange.shared))
        var result = [UInt8](repeating: 0, count: 32)
        #expect(crypto_scalarmult(&result, privateKey.bytes, publicKey.bytes) == 0)
        #expect(result == shared)
        #expect(SecretBox(privateKey: privateKey, peer: publicKey)?.shared == self.boxKey(shared))
    }

    @Test(
        "gives the public key that is known (RFC 7748 §6.1)",
        arguments: [
            (
                "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
                "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
            ),
            (
                "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
                "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
            ),
        ]
    )
    func publicKey(privateKey: String, publicKey: String) {
        #expect(NodePrivateKey(text: "privkey:" + privateKey)?.publicKey.hex == publicKey)
    }

    @Test("iterated, gives the figures of RFC 7748 §5.2")
    func iterations() throws {
        var scalar = [9] + [UInt8](repeating: 0, count: 31)
        var point = scalar
        for count in 1...1000 {
            var result = [UInt8](repeating: 0, count: 32)
            try #require(crypto_scalarmult(&result, scalar, point) == 0)
            (scalar, point) = (result, scalar)
            if count == 1 {
                #expect(Hex.encode(scalar) == "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")
                let key = try #require(NodePrivateKey(bytes: point))
                #expect(key.publicKey.bytes == scalar)
            }
        }
        #expect(Hex.encode(scalar) == "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")
    }

    @Test("with a point of low order makes no box", arguments: X25519Vectors.lowOrder)
    func lowOrder(point: String) throws {
        let peer = try #require(NodePublicKey(text: point))
        for _ in 0..<10 { #expect(SecretBox(privateKey: NodePrivateKey(), peer: peer) == nil) }
    }

    /// With such a point, everybody would know the key of the box: what follows from a secret of zeros, or zeros if the
    /// failure went unnoticed.
    @Test("with a point of low order makes no login", arguments: X25519Vectors.lowOrder)
    func forgedLogin(point: String) throws {
        let zeros = [UInt8](repeating: 0, count: 32)
        let json = ClientInfo().json()
        let nonce = [UInt8](repeating: 7, count: SecretBox.nonceCount)
        for key in [self.boxKey(zeros), zeros] {
            var box = [UInt8](repeating: 0, count: json.count + Int(crypto_secretbox_MACBYTES))
            #expect(crypto_secretbox_easy(&box, json, UInt64(json.count), nonce, key) == 0)
            let payload = try #require(Hex.decode(point)) + nonce + box
            #expect(DERPLogin(payload: payload, privateKey: NodePrivateKey()) == nil)
        }
    }
}
