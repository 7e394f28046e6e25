import Glibc

extension CostMessage {
    static func stun() -> [Self] {
        let request = Self.bindingRequest([])
        func datagrams(_ name: String, _ datagram: [UInt8]) -> Self {
            let count = 500
            return Self(.open, name, times: count) { target in
                var socket = try PlainSocket(SOCK_DGRAM, port: target.stunPort, from: target.source)
                for number in 0..<count {
                    socket.send(datagram)
                    // So that no request is lost on the way, each tenth is followed by one whose answer is awaited.
                    if number % 10 == 9 { try Self.waitForAnswer(&socket) }
                }
                return count * datagram.count
            }
        }
        let many = (0..<340).flatMap { _ in [0x80, 0x23, 0, 0] as [UInt8] }
        return [
            datagrams("STUN request", request),
            datagrams("STUN request of 1,400 bytes of attributes", Self.bindingRequest(many)),
            datagrams(
                "STUN request of 1,400 bytes with a wrong fingerprint",
                Self.bindingRequest(many).dropLast() + [0]
            ),
            datagrams("datagram of 20 bytes of noise", HandmadeHello.random(20)),
            datagrams("datagram of 1,472 bytes of noise", HandmadeHello.random(1472)),
            datagrams("datagram of 65,507 bytes of noise", HandmadeHello.random(65507)),
        ]
    }

    /// Sends a request and reads until its answer arrives. Answers to earlier requests may come first.
    private static func waitForAnswer(_ socket: inout PlainSocket) throws {
        let request = Self.bindingRequest([])
        for _ in 0..<20 {
            socket.send(request)
            while let answer = socket.receive() {
                if answer.count >= 20, answer[8..<20] == request[8..<20] { return }
            }
        }
        throw LoadError("STUN isn't answered")
    }

    /// Returns a binding request with `attributes` between SOFTWARE and FINGERPRINT (RFC 5389 §15).
    private static func bindingRequest(_ attributes: [UInt8]) -> [UInt8] {
        let software: [UInt8] = [0x80, 0x22, 0, 8] + Array("tailnode".utf8)
        let count = software.count + attributes.count + 8
        let start = [0, 1] + HandmadeHello.number(count) + [0x21, 0x12, 0xa4, 0x42] + HandmadeHello.random(12)
        let covered = start + software + attributes
        let sum = Self.checksum(covered) ^ 0x5354_554e
        return covered + [0x80, 0x28, 0, 4] + (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32($0))) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(0xffff_ffff as UInt32) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
        }
    }
}
