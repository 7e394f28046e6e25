/// How fast clients may send to the relay. Each client's connection is limited for itself, by being read no faster.
public struct RateLimits: Hashable, Sendable {
    /// A steady rate, and how much may come at once.
    public struct Rate: Hashable, Sendable {
        /// Bytes of frames, with their headers, per second. 0: no limit.
        public let bytesPerSecond: Int
        /// How many bytes may come at once after a pause. 0 without a limit.
        public let burst: Int

        /// No limit.
        public static let unlimited = Self(bytesPerSecond: 0)

        /// The largest frame that carries a packet, in bytes: what clients drop if it is more than the burst.
        package static let smallestBurst = FrameHeader.byteCount + NodePublicKey.byteCount + PacketLimits.packet

        /// - Parameters:
        ///   - bytesPerSecond: 0 or less: no limit.
        ///   - burst: raised to the size of the largest frame of a packet, and to what comes in 50 ms: clocks are no finer. At most 4 GiB.
        public init(bytesPerSecond: Int, burst: Int = 0) {
            self.bytesPerSecond = max(bytesPerSecond, 0)
            let least = max(Self.smallestBurst, self.bytesPerSecond / 20)
            self.burst = self.bytesPerSecond > 0 ? min(max(burst, least), 1 << 32) : 0
        }

        /// Whether there is no limit.
        package var isUnlimited: Bool { self.bytesPerSecond == 0 }
    }

    /// For clients that ``keys`` doesn't name.
    public var perClient = Rate.unlimited
    /// For the clients with these keys.
    public var keys: [NodePublicKey: Rate] = [:]
    /// Whether clients are told of their rates in ServerInfo, at login.
    ///
    /// Stock clients keep to a rate that they are told by dropping their own packets, which what they carry takes for
    /// congestion: transfers are slower then. Nobody is slowed down more than the rate asks when nobody is told.
    public var areAdvertised = false

    /// No limits.
    public init() {}

    /// The rate for each connection of the client with `key`.
    package func rate(for key: NodePublicKey) -> Rate {
        self.keys[key] ?? self.perClient
    }
}
