import Glibc
import STUNKit

extension Attack {
    static let stun = Self.stunFlood("stun", "STUN requests, as many as 2 senders can send") {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: STUNRequest.size, alignment: 8)
        defer { buffer.deallocate() }
        STUNRequest(transactionID: .random()).write(to: buffer)
        return Array(buffer)
    }

    static let stunGarbage = Self.stunFlood("stun-garbage", "datagrams of nonsense to STUN's port, as many as go") {
        [UInt8](repeating: 0x21, count: 1200)
    }

    private static func stunFlood(
        _ name: String,
        _ summary: String,
        _ datagram: @escaping @Sendable () -> [UInt8]
    ) -> Attack {
        Attack(name, .beforeLogin, summary) { field in
            Crew.run(2) { _ in
                let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
                defer { close(descriptor) }
                _ = Wire.call(Source.one.address, 0) { bind(descriptor, $0, $1) }
                _ = Wire.call(Wire.loopback, field.ports.stun) { connect(descriptor, $0, $1) }
                let bytes = datagram()
                var answer = [UInt8](repeating: 0, count: 1500)
                while !field.isOver {
                    for _ in 0..<64 {
                        let sent = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, bytes.count, 0) }
                        field.costs.countSent(sent)
                    }
                    while recv(descriptor, &answer, answer.count, Int32(MSG_DONTWAIT)) > 0 {}
                }
            }
        }
    }
}
