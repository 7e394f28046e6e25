/// A ClientHello of TLS 1.3 (RFC 8446 §4.1.2) made by hand, so that it can have any content.
struct HandmadeHello {
    var ciphers: [UInt16] = [0x1301, 0x1302, 0x1303]
    var groups: [UInt16] = [0x001d, 0x0017]
    var signatures: [UInt16] = [0x0403, 0x0804, 0x0805, 0x0806, 0x0401, 0x0807]
    /// The groups and the shares for them.
    var shares: [(UInt16, [UInt8])] = [(0x001d, Self.random(32))]
    /// Further extensions: types and contents.
    var extensions: [(UInt16, [UInt8])] = []

    static func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255) } }

    /// Returns a list with its length in two bytes in front.
    static func vector(_ content: [UInt8]) -> [UInt8] { Self.number(content.count) + content }

    static func number(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    private static func list(_ numbers: [UInt16]) -> [UInt8] {
        Self.vector(numbers.flatMap { Self.number(Int($0)) })
    }

    /// The handshake message.
    var message: [UInt8] {
        let shares = Self.vector(self.shares.flatMap { Self.number(Int($0.0)) + Self.vector($0.1) })
        let extensions: [(UInt16, [UInt8])] =
            [
                (43, [2, 3, 4]), (10, Self.list(self.groups)), (13, Self.list(self.signatures)), (51, shares),
            ] + self.extensions
        let body =
            [3, 3] + Self.random(32) + [32] + Self.random(32) + Self.list(self.ciphers) + [1, 0]
            + Self.vector(extensions.flatMap { Self.number(Int($0.0)) + Self.vector($0.1) })
        return [1, UInt8(body.count >> 16)] + Self.number(body.count & 0xffff) + body
    }

    /// Returns the message in records of at most `size` bytes.
    func records(of size: Int = 16384) -> [UInt8] { Self.records(22, self.message, of: size) }

    /// Returns plaintext records of a type.
    static func records(_ type: UInt8, _ content: [UInt8], of size: Int = 16384) -> [UInt8] {
        guard !content.isEmpty else { return [type, 3, 3, 0, 0] }
        return stride(from: 0, to: content.count, by: size).flatMap { start in
            let part = content[start..<min(start + size, content.count)]
            return [type, 3, 3] + Self.number(part.count) + part
        }
    }
}
