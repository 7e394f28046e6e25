import IPAddresses

/// A binding success response: the address that the request came from, as the server saw it.
public struct STUNResponse: Hashable, Sendable {
    /// The size of the longest response that ``write(to:)`` makes, in bytes: one for an IPv6 address.
    public static let maximumSize = STUNHeader.size + STUNAttribute.headerSize + 20

    /// The transaction ID of the request.
    public let transactionID: STUNTransactionID
    /// The client's address and port. Never an IPv4-mapped IPv6 address.
    public let mappedAddress: IPEndpoint

    /// Makes a response. `mappedAddress` may be IPv4-mapped, as a dual-stack socket reports it; it is stored as IPv4.
    public init(transactionID: STUNTransactionID, mappedAddress: IPEndpoint) {
        self.transactionID = transactionID
        self.mappedAddress = IPEndpoint(mappedAddress.ip.unmapped, port: mappedAddress.port)
    }

    /// Writes the response with one XOR-MAPPED-ADDRESS (RFC 8489 §14.2), and returns its size: 32 bytes for IPv4, 44
    /// for IPv6. `buffer` must have room for ``maximumSize`` bytes, and may be the buffer of the request.
    @discardableResult
    public func write(to buffer: UnsafeMutableRawBufferPointer) -> Int {
        precondition(buffer.count >= Self.maximumSize, "a binding response takes up to \(Self.maximumSize) bytes")
        let ip = self.mappedAddress.ip
        let valueSize = ip.family == .ipv4 ? 8 : 20
        let length = STUNAttribute.headerSize + valueSize
        STUNHeader(kind: .bindingSuccess, length: length, transactionID: self.transactionID).write(to: buffer)
        buffer.storeBigEndian(STUNAttribute.Kind.xorMappedAddress.rawValue, at: 20)
        buffer.storeBigEndian(UInt16(valueSize), at: 22)
        buffer.storeBigEndian(ip.family == .ipv4 ? UInt16(1) : 2, at: 24)
        let mask = STUNAddressMask(self.transactionID)
        buffer.storeBigEndian(self.mappedAddress.port ^ mask.port, at: 26)
        switch ip.family {
        case .ipv4:
            buffer.storeBigEndian(UInt32(truncatingIfNeeded: ip.low) ^ mask.ipv4, at: 28)
        case .ipv6:
            buffer.storeBigEndian(ip.high ^ mask.high, at: 28)
            buffer.storeBigEndian(ip.low ^ mask.low, at: 36)
        }
        return STUNHeader.size + length
    }
}
