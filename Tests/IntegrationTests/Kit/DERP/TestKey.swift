import CDERPSodium

/// A client's key pair, and the box between it and a server.
struct TestKey: Sendable {
    let publicBytes: [UInt8]
    private let secretBytes: [UInt8]

    init() {
        var publicBytes = [UInt8](repeating: 0, count: 32)
        var secretBytes = publicBytes
        crypto_box_keypair(&publicBytes, &secretBytes)
        self.publicBytes = publicBytes
        self.secretBytes = secretBytes
    }

    /// 24 random bytes of nonce and the box around `message` for the holder of `key`.
    func seal(_ message: [UInt8], for key: [UInt8]) throws -> [UInt8] {
        let nonce = Self.random(24)
        var box = [UInt8](repeating: 0, count: message.count + 16)
        guard crypto_box_easy(&box, message, UInt64(message.count), nonce, key, self.secretBytes) == 0 else {
            throw KitError.unexpected("no box for this key")
        }
        return nonce + box
    }

    /// Opens what `seal` makes on the other side.
    func open(_ sealed: [UInt8], from key: [UInt8]) throws -> [UInt8] {
        guard sealed.count >= 24 + 16 else { throw KitError.unexpected("a box of \(sealed.count) bytes") }
        let box = Array(sealed[24...])
        var message = [UInt8](repeating: 0, count: box.count - 16)
        let nonce = Array(sealed[..<24])
        guard crypto_box_open_easy(&message, box, UInt64(box.count), nonce, key, self.secretBytes) == 0 else {
            throw KitError.unexpected("a box that does not open")
        }
        return message
    }

    static func random(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        randombytes_buf(&bytes, count)
        return bytes
    }
}

extension TestKey {
    /// A box under the shared secret that X25519 gives for a zero public key: all zeros.
    static func sealWithZeroSharedSecret(_ message: [UInt8]) throws -> [UInt8] {
        let zero = [UInt8](repeating: 0, count: 32)
        var shared = zero
        crypto_core_hsalsa20(&shared, [UInt8](repeating: 0, count: 16), zero, nil)
        let nonce = Self.random(24)
        var box = [UInt8](repeating: 0, count: message.count + 16)
        guard crypto_box_easy_afternm(&box, message, UInt64(message.count), nonce, shared) == 0 else {
            throw KitError.unexpected("no box")
        }
        return nonce + box
    }
}
