/// A WebSocket frame (RFC 6455 §5.2). What a client sends may be as wrong as a test wants it.
struct WebSocketFrame: Equatable, CustomStringConvertible {
    enum Opcode {
        static let continuation: UInt8 = 0
        static let binary: UInt8 = 2
        static let close: UInt8 = 8
        static let ping: UInt8 = 9
        static let pong: UInt8 = 10
    }

    var opcode: UInt8
    var payload: [UInt8] = []
    var isFinal = true
    var reserved: UInt8 = 0
    var isMasked = true

    static func binary(_ payload: [UInt8], isFinal: Bool = true) -> Self {
        Self(opcode: Opcode.binary, payload: payload, isFinal: isFinal)
    }

    static func close(_ code: UInt16, _ reason: String = "") -> Self {
        Self(opcode: Opcode.close, payload: [UInt8(code >> 8), UInt8(code & 0xff)] + reason.utf8)
    }

    /// The frame's header alone, for a payload of `length` bytes; the mask is four zeros.
    func header(length: Int) -> [UInt8] {
        let size = length < 126 ? 0 : length < 65536 ? 2 : 8
        let short = size == 0 ? UInt8(length) : size == 2 ? 126 : 127
        return [(self.isFinal ? 0x80 : 0) | self.reserved << 4 | self.opcode, (self.isMasked ? 0x80 : 0) | short]
            + (0..<size).map { UInt8(truncatingIfNeeded: length >> (8 * (size - 1 - $0))) }
            + (self.isMasked ? [0, 0, 0, 0] : [])
    }

    /// As it goes over the wire, with a mask of its own.
    var encoded: [UInt8] {
        let header = self.header(length: self.payload.count)
        guard self.isMasked else { return header + self.payload }
        let mask = TestKey.random(4)
        return Array(header.dropLast(4)) + mask + self.payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    var description: String {
        "opcode \(self.opcode), \(self.payload.count) bytes: \(Hexadecimal.encode(self.payload.prefix(48)))"
    }
}
