import CLoad
import Glibc
import Testing

@testable import FreshKit

@Suite struct DelayLineTests {
    /// Sockets that keep the bounds of datagrams stand for TUN interfaces.
    @Test func packetsArriveLaterInOrderAndWhole() throws {
        let (near, far) = (try Self.pair(), try Self.pair())
        defer {
            close(near.own)
            close(far.own)
        }
        let line = try DelayLine(near.line, far.line, delay: 20_000_000)
        let begin = cload_now()
        for number in UInt8(0)..<20 {
            let packet = [UInt8](repeating: number, count: 1 + Int(number) * 70)
            #expect(send(near.own, packet, packet.count, 0) == packet.count)
            #expect(send(far.own, packet, packet.count, 0) == packet.count)
        }
        var buffer = [UInt8](repeating: 0, count: 2048)
        for number in UInt8(0)..<20 {
            for end in [near.own, far.own] {
                let count = recv(end, &buffer, buffer.count, 0)
                #expect(Array(buffer[..<max(count, 0)]) == [UInt8](repeating: number, count: 1 + Int(number) * 70))
            }
        }
        #expect(cload_now() - begin >= 20_000_000)
        let account = line.stop()
        line.close()
        #expect(account.carried == 40)
        #expect(account.dropped == 0)
    }

    private static func pair() throws -> (own: Int32, line: Int32) {
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0 else { throw FreshError("no sockets") }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        TCPSocket.setPatience(ends[0], milliseconds: 5000)
        return (ends[0], ends[1])
    }
}
