/// A binding request as Tailscale's nodes send it: SOFTWARE `tailnode`, then FINGERPRINT.
public struct STUNRequest: Hashable, Sendable {
    /// What a datagram turned out to be.
    public enum Verdict: Hashable, Sendable {
        /// A request that deserves an answer.
        case request(STUNRequest)
        /// STUN, but no request that gets an answer: another kind of message, malformed, or without the marks of a
        /// node.
        case refused
        /// Something else: shorter than 20 bytes, or without the magic cookie.
        case notSTUN
    }

    /// Bytes of a request on the wire.
    public static let size = STUNHeader.size + Self.softwareSize + STUNFingerprint.size
    private static let softwareSize = STUNAttribute.headerSize + 8
    /// `tailnode`
    private static let software: UInt64 = 0x7461_696c_6e6f_6465

    /// Chosen by the client at random; the response repeats it.
    public let transactionID: STUNTransactionID

    /// A request with this transaction ID, by default a random one.
    public init(transactionID: STUNTransactionID = .random()) {
        self.transactionID = transactionID
    }

    /// Judges one datagram. Never traps, allocates nothing.
    ///
    /// A request has type 0x0001 and its own length. Attributes fill it exactly, including SOFTWARE with the value
    /// `tailnode`. It ends with a correct FINGERPRINT. Other attributes are ignored. A server that answers nothing else
    /// is useless as an amplifier, because the response is hardly longer than the request.
    public static func parse(_ datagram: UnsafeRawBufferPointer) -> Verdict {
        guard let header = STUNHeader(datagram) else { return .notSTUN }
        guard header.kind == .bindingRequest, header.length == datagram.count - STUNHeader.size else { return .refused }
        var attributes = STUNAttributeReader(datagram)
        var isFromNode = false
        var last: STUNAttribute?
        while let attribute = attributes.next() {
            isFromNode = isFromNode || Self.isSoftwareOfNode(attribute)
            last = attribute
        }
        // A correct FINGERPRINT ends the datagram, so all attributes have been read.
        guard isFromNode, let last, STUNFingerprint.isValid(last, in: datagram) else { return .refused }
        return .request(Self(transactionID: header.transactionID))
    }

    /// Writes the request, ``size`` bytes, to the start of `buffer`, which must have room for it. Returns ``size``.
    @discardableResult
    public func write(to buffer: UnsafeMutableRawBufferPointer) -> Int {
        precondition(buffer.count >= Self.size, "a binding request takes \(Self.size) bytes")
        let message = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Self.size])
        let length = Self.size - STUNHeader.size
        STUNHeader(kind: .bindingRequest, length: length, transactionID: self.transactionID).write(to: message)
        message.storeBigEndian(STUNAttribute.Kind.software.rawValue, at: STUNHeader.size)
        message.storeBigEndian(UInt16(8), at: STUNHeader.size + 2)
        message.storeBigEndian(Self.software, at: STUNHeader.size + STUNAttribute.headerSize)
        STUNFingerprint.write(to: message)
        return Self.size
    }

    private static func isSoftwareOfNode(_ attribute: STUNAttribute) -> Bool {
        attribute.kind == .software && attribute.value.count == 8
            && attribute.value.loadBigEndian(at: 0, as: UInt64.self) == Self.software
    }
}
