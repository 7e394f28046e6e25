/// Frames as a server sends them (RFC 6455 §5.2): complete messages, unmasked, with the shortest header.
enum WebSocketFrameWriter {
    /// Writes a frame with at most 65535 bytes of `payload` to `memory`. Returns its size.
    static func store(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer, at memory: UnsafeMutableRawPointer)
        -> Int
    {
        memory.storeBytes(of: 0x80 | opcode.rawValue, as: UInt8.self)
        let headerCount: Int
        if payload.count < 126 {
            memory.storeBytes(of: UInt8(payload.count), toByteOffset: 1, as: UInt8.self)
            headerCount = 2
        } else {
            memory.storeBytes(of: 126, toByteOffset: 1, as: UInt8.self)
            memory.storeBytes(of: UInt16(payload.count).bigEndian, toByteOffset: 2, as: UInt16.self)
            headerCount = Self.largestHeader
        }
        if let bytes = payload.baseAddress { (memory + headerCount).copyMemory(from: bytes, byteCount: payload.count) }
        return headerCount + payload.count
    }

    /// The size of the header of a frame of 126 bytes or more, in bytes.
    static let largestHeader = 4

    /// Returns a control frame with at most 125 bytes of `payload`.
    static func control(_ opcode: WebSocketOpcode, _ payload: [UInt8] = []) -> [UInt8] {
        [0x80 | opcode.rawValue, UInt8(payload.count)] + payload
    }

    /// Returns a Close frame. `reason` has at most 123 bytes. Without a code, the frame is empty (§5.5.1).
    static func close(_ code: WebSocketCloseCode?, _ reason: String = "") -> [UInt8] {
        guard let code else { return Self.control(.close) }
        let number = [UInt8(truncatingIfNeeded: code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
        return Self.control(.close, number + reason.utf8)
    }
}
