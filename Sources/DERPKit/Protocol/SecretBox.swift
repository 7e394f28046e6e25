import CDERPSodium

/// NaCl's `crypto_box` between two keys (X25519, XSalsa20-Poly1305), with a random nonce in front.
@_spi(Benchmarks) public struct SecretBox: Sendable {
    /// The nonce's size, in bytes.
    @_spi(Benchmarks) public static let nonceCount = Int(crypto_box_NONCEBYTES)
    /// The number of bytes by which a sealed message is longer than the message.
    @_spi(Benchmarks) public static let overhead = nonceCount + Int(crypto_box_MACBYTES)

    /// The shared key. One scalar multiplication serves both directions.
    let shared: [UInt8]

    /// Returns `nil` for a public key of low order, with which there is no secret.
    @_spi(Benchmarks) public init?(privateKey: NodePrivateKey, peer: NodePublicKey) {
        Sodium.initialize()
        var shared = [UInt8](repeating: 0, count: Int(crypto_box_BEFORENMBYTES))
        guard crypto_box_beforenm(&shared, peer.bytes, privateKey.bytes) == 0 else { return nil }
        self.shared = shared
    }

    /// Returns the nonce and the box of `message`.
    @_spi(Benchmarks) public func seal(_ message: [UInt8]) -> [UInt8] {
        self.seal(message, nonce: Sodium.randomBytes(count: Self.nonceCount))
    }

    /// For known answers. No two messages may have the same nonce.
    func seal(_ message: [UInt8], nonce: [UInt8]) -> [UInt8] {
        precondition(nonce.count == Self.nonceCount)
        var box = [UInt8](repeating: 0, count: message.count + Int(crypto_box_MACBYTES))
        _ = crypto_box_easy_afternm(&box, message, UInt64(message.count), nonce, self.shared)
        return nonce + box
    }

    /// Returns the message in nonce and box, or `nil` if it was made with other keys, or altered.
    @_spi(Benchmarks) public func open(_ sealed: some Collection<UInt8>) -> [UInt8]? {
        // Strangers send 256 KiB, which isn't copied if it is contiguous.
        sealed.withContiguousStorageIfAvailable { self.open(UnsafeRawBufferPointer($0)) }
            ?? Array(sealed).withUnsafeBytes { self.open($0) }
    }

    private func open(_ sealed: UnsafeRawBufferPointer) -> [UInt8]? {
        guard sealed.count >= Self.overhead, let nonce = sealed.bindMemory(to: UInt8.self).baseAddress else {
            return nil
        }
        let count = sealed.count - Self.nonceCount
        var isOpen = false
        let message = [UInt8](unsafeUninitializedCapacity: count - Int(crypto_box_MACBYTES)) { message, initialized in
            let box = nonce + Self.nonceCount
            isOpen = crypto_box_open_easy_afternm(message.baseAddress, box, UInt64(count), nonce, self.shared) == 0
            initialized = isOpen ? message.count : 0
        }
        return isOpen ? message : nil
    }
}
