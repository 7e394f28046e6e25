import CDERPSodium

/// The few libsodium calls that have no better home.
enum Sodium {
    private static let ready: Bool = sodium_init() >= 0

    /// Initialises libsodium once; later calls cost one load.
    static func initialize() {
        precondition(Self.ready, "libsodium could not be initialised")
    }

    static func randomBytes(count: Int) -> [UInt8] {
        self.initialize()
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            randombytes_buf(buffer.baseAddress!, count)
            initialized = count
        }
    }
}
