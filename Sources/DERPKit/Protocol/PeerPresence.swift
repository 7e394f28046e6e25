import IPAddresses

/// The news that a client is connected, as a server tells its watchers (docs/protocol.md, "Frames").
public struct PeerPresence: Hashable, Sendable {
    /// The kind of client.
    public struct Flags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// An ordinary client.
        public static let regular = Self(rawValue: 1)
        /// Another node of the mesh.
        public static let meshPeer = Self(rawValue: 2)
        /// A client that only checks whether the relay works.
        public static let prober = Self(rawValue: 4)
        /// A client that prefers another node of the region.
        public static let notIdeal = Self(rawValue: 8)
    }

    /// The client's key.
    public var key: NodePublicKey
    /// The address from which it connects; `nil` if the server doesn't say.
    public var address: IPEndpoint?
    /// The flags. Empty if the server doesn't say.
    public var flags: Flags

    /// A client that is connected, or was until now.
    @_spi(Benchmarks) public init(key: NodePublicKey, address: IPEndpoint? = nil, flags: Flags = []) {
        self.key = key
        self.address = address
        self.flags = flags
    }
}

extension PeerPresence {
    /// Reads a PeerPresent frame's payload. Older servers' payloads are shorter, and later ones' may be longer. Returns
    /// `nil` for less than 32 bytes.
    package init?(payload: UnsafeRawBufferPointer) {
        let addressEnd = NodePublicKey.byteCount + 18
        guard payload.count >= NodePublicKey.byteCount, let base = payload.baseAddress else { return nil }
        self.init(key: NodePublicKey(unchecked: base))
        guard payload.count >= addressEnd else { return }
        let port = UInt16(bigEndian: base.loadUnaligned(fromByteOffset: addressEnd - 2, as: UInt16.self))
        let ip = IPAddress(bytes: payload[NodePublicKey.byteCount..<addressEnd - 2])
        self.address = ip.map { IPEndpoint($0.unmapped, port: port) }
        if payload.count > addressEnd { self.flags = Flags(rawValue: payload[addressEnd]) }
    }

    /// The PeerPresent frame's payload as current servers send it: key, address, port and flags, 51 bytes.
    package var payload: [UInt8] {
        let ip = self.address?.ip.mappedBytes ?? [UInt8](repeating: 0, count: 16)
        let port = self.address?.port ?? 0
        return self.key.bytes + ip + [UInt8(port >> 8), UInt8(port & 0xff), self.flags.rawValue]
    }
}
