import IPAddresses

extension STUNResponse {
    /// Reads a binding success response of any conforming server. Returns `nil` for anything else. Never traps.
    ///
    /// XOR-MAPPED-ADDRESS takes precedence over MAPPED-ADDRESS, which servers older than RFC 5389 send alone.
    /// Attributes may come in any order. Unknown attributes are ignored. A FINGERPRINT, if there is one, must be right.
    public init?(parsing datagram: UnsafeRawBufferPointer) {
        guard let header = STUNHeader(datagram), header.kind == .bindingSuccess,
            header.length == datagram.count - STUNHeader.size
        else { return nil }
        var attributes = STUNAttributeReader(datagram)
        var plain: IPEndpoint?
        var masked: IPEndpoint?
        while let attribute = attributes.next() {
            switch attribute.kind {
            case .xorMappedAddress where masked == nil:
                masked = Self.address(in: attribute.value, mask: STUNAddressMask(header.transactionID))
            case .mappedAddress where plain == nil:
                plain = Self.address(in: attribute.value, mask: .none)
            case .fingerprint where !STUNFingerprint.isValid(attribute, in: datagram):
                return nil
            default:
                break
            }
        }
        guard attributes.isAtEnd, let address = masked ?? plain else { return nil }
        self.init(transactionID: header.transactionID, mappedAddress: address)
    }

    /// Reads the value of either address attribute (RFC 8489 §14.1): a zero byte, which is ignored, family, port,
    /// address.
    private static func address(in value: UnsafeRawBufferPointer, mask: STUNAddressMask) -> IPEndpoint? {
        guard value.count >= 8 else { return nil }
        let port = value.loadBigEndian(at: 2, as: UInt16.self) ^ mask.port
        switch (value[1], value.count) {
        case (1, 8):
            return IPEndpoint(IPAddress(ipv4: value.loadBigEndian(at: 4, as: UInt32.self) ^ mask.ipv4), port: port)
        case (2, 20):
            let high = value.loadBigEndian(at: 4, as: UInt64.self) ^ mask.high
            let low = value.loadBigEndian(at: 12, as: UInt64.self) ^ mask.low
            return IPEndpoint(IPAddress(family: .ipv6, high: high, low: low), port: port)
        default:
            return nil
        }
    }
}
