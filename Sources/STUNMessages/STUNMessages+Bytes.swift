extension STUNRequest {
    /// Judges one datagram. Never traps.
    public static func parse(_ datagram: [UInt8]) -> Verdict {
        datagram.withUnsafeBytes { self.parse($0) }
    }

    /// The request on the wire: ``size`` bytes.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.size) { buffer, count in
            count = self.write(to: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}

extension STUNResponse {
    /// Reads a binding success response of any conforming server. Returns `nil` for anything else. Never traps.
    public init?(parsing datagram: [UInt8]) {
        guard let response = datagram.withUnsafeBytes({ Self(parsing: $0) }) else { return nil }
        self = response
    }

    /// The response on the wire: 32 bytes for an IPv4 address, 44 for an IPv6 address.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.maximumSize) { buffer, count in
            count = self.write(to: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}
