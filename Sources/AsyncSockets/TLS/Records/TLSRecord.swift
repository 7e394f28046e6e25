/// The form of a TLS record (RFC 8446 §5).
enum TLSRecord {
    /// Type, version, size.
    static let headerCount = 5
    static let tagCount = 16
    /// The maximum content of one record, in bytes.
    static let largestContent = 1 << 14
    /// The maximum size of an encrypted record's body, in bytes: padding and expansion are at most 256.
    static let largestBody = largestContent + 256
    /// The minimum size: a type and a tag.
    static let smallestBody = 1 + tagCount

    enum ContentType: UInt8 {
        case changeCipherSpec = 20
        case alert = 21
        case handshake = 22
        case applicationData = 23
    }

    /// The alerts that this end sends (RFC 8446 §6).
    enum Alert: UInt8 {
        case closeNotify = 0
        case unexpectedMessage = 10
        case badRecordMAC = 20
        case recordOverflow = 22
        case decodeError = 50
        case illegalParameter = 47
        case internalError = 80
    }

    /// Writes the header of an encrypted record.
    static func storeHeader(bodyCount: Int, at memory: UnsafeMutableRawPointer) {
        memory.storeBytes(of: ContentType.applicationData.rawValue, as: UInt8.self)
        memory.storeBytes(of: UInt16(0x0303).bigEndian, toByteOffset: 1, as: UInt16.self)
        memory.storeBytes(of: UInt16(bodyCount).bigEndian, toByteOffset: 3, as: UInt16.self)
    }
}
