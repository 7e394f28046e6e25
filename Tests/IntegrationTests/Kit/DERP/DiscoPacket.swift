/// What a path discovery packet looks like from outside (protocol §2).
enum DiscoPacket {
    /// The smallest that counts: magic, 32-byte key, 24-byte nonce.
    static func make(size: Int = 62) -> [UInt8] {
        Array([0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac] + TestKey.random(max(size - 6, 0))).prefix(size) + []
    }
}
