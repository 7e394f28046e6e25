/// Complete frames as bytes, for rare frames. Packets are written in place instead.
@_spi(Benchmarks) public enum Frame {
    /// Returns a frame of `type` with `payload`.
    @_spi(Benchmarks) public static func encode(_ type: FrameType, _ payload: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(FrameHeader.byteCount + payload.count)
        bytes.append(type.rawValue)
        bytes.append(bigEndian: UInt32(payload.count))
        bytes.append(contentsOf: payload)
        return bytes
    }

    /// Returns what a server sends first: a magic number and its public key.
    @_spi(Benchmarks) public static func serverKey(_ key: NodePublicKey) -> [UInt8] {
        self.encode(.serverKey, Self.magic + key.bytes)
    }

    /// `DERP` and U+1F511 in UTF-8.
    @_spi(Benchmarks) public static let magic: [UInt8] = [0x44, 0x45, 0x52, 0x50, 0xf0, 0x9f, 0x94, 0x91]

    @_spi(Benchmarks) public static let keepAlive = Self.encode(.keepAlive, [])

    /// The size of a PeerGone frame, in bytes.
    @_spi(Benchmarks) public static let peerGoneCount = FrameHeader.byteCount + NodePublicKey.byteCount + 1

    @_spi(Benchmarks) public static func peerGone(_ key: NodePublicKey, _ reason: PeerGoneReason) -> [UInt8] {
        self.encode(.peerGone, key.bytes + [reason.rawValue])
    }

    /// Tells a watcher that a client is connected.
    @_spi(Benchmarks) public static func peerPresent(_ presence: PeerPresence) -> [UInt8] {
        self.encode(.peerPresent, presence.payload)
    }

    /// Tells a client what is wrong with its connection, in words for a person. Empty means that nothing is wrong any
    /// more.
    @_spi(Benchmarks) public static func health(_ problem: String) -> [UInt8] {
        self.encode(.health, Array(problem.utf8))
    }

    /// Tells clients that the server stops.
    ///
    /// - Parameters:
    ///   - reconnectAfter: How long a client should wait before it returns.
    ///   - tryFor: How long it should keep trying.
    @_spi(Benchmarks) public static func restarting(reconnectAfter: Duration, tryFor: Duration) -> [UInt8] {
        var payload: [UInt8] = []
        payload.append(bigEndian: UInt32(clamping: reconnectAfter.milliseconds))
        payload.append(bigEndian: UInt32(clamping: tryFor.milliseconds))
        return self.encode(.restarting, payload)
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian value: UInt32) {
        for shift in [24, 16, 8, 0] as [UInt32] { self.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        self.components.seconds * 1000 + self.components.attoseconds / 1_000_000_000_000_000
    }
}
