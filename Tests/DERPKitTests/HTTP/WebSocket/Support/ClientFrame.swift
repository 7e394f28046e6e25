@testable import DERPKit

/// A frame as a client sends it, right or wrong as a test wants it.
struct ClientFrame {
    var opcode: UInt8
    var payload: [UInt8] = []
    var isFinal = true
    var reserved: UInt8 = 0
    /// `nil` leaves the frame unmasked.
    var mask: [UInt8]? = [0x37, 0xfa, 0x21, 0x3d]
    /// How many bytes hold the length: 0, 2 or 8 behind the second; `nil` as few as possible.
    var lengthSize: Int?
    /// The length that is claimed; `nil` the payload's.
    var length: UInt64?

    static func binary(_ payload: [UInt8], isFinal: Bool = true) -> Self {
        Self(opcode: 2, payload: payload, isFinal: isFinal)
    }
    static func text(_ text: String) -> Self { Self(opcode: 1, payload: Array(text.utf8)) }
    static func continuation(_ payload: [UInt8], isFinal: Bool = true) -> Self {
        Self(opcode: 0, payload: payload, isFinal: isFinal)
    }
    static func ping(_ payload: [UInt8] = []) -> Self { Self(opcode: 9, payload: payload) }
    static func pong(_ payload: [UInt8] = []) -> Self { Self(opcode: 10, payload: payload) }
    static func close(_ payload: [UInt8] = []) -> Self { Self(opcode: 8, payload: payload) }
    static func close(_ code: UInt16, _ reason: String = "") -> Self {
        .close([UInt8(code >> 8), UInt8(code & 0xff)] + reason.utf8)
    }

    func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }

    var bytes: [UInt8] {
        let length = self.length ?? UInt64(self.payload.count)
        let size = self.lengthSize ?? (length < 126 ? 0 : length < 65536 ? 2 : 8)
        let short: UInt8 = size == 0 ? UInt8(length) : size == 2 ? 126 : 127
        return [(self.isFinal ? 0x80 : 0) | self.reserved << 4 | self.opcode, (self.mask == nil ? 0 : 0x80) | short]
            + (0..<size).map { UInt8(truncatingIfNeeded: length >> UInt64(8 * (size - 1 - $0))) }
            + (self.mask ?? [])
            + self.payload.enumerated().map { index, byte in byte ^ (self.mask?[index % 4] ?? 0) }
    }
}

extension [ClientFrame] {
    var bytes: [UInt8] { self.flatMap(\.bytes) }
}
