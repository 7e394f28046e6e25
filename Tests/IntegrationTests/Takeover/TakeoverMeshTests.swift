import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Takeover of a node of a mesh", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct TakeoverMeshTests {
    @Test("Another node's client and one that moved keep reaching each other, also after the old server's end")
    func otherNode() throws {
        let directory = try TemporaryDirectory()
        try directory.write(Hexadecimal.encode(TestKey.random(32)), to: "mesh.key")
        let key = ["-mesh-psk-file", directory.file("mesh.key").path, "-mesh-with"]
        let ports = [try PortReservation(.tcp), try PortReservation(.tcp)].map(\.port)
        func nodes(_ port: UInt16) -> [String] { key + ["http://127.0.0.1:\(port)"] }
        let other = try ServerProcess(
            .plain.with {
                $0.ports = .init(relay: ports[0], helper: 0, stun: 0)
                $0.flags = nodes(ports[1])
            }
        )
        let line = try ServerLine(
            .plain.with {
                $0.loops = 1
                $0.ports = .init(relay: ports[1], helper: 0, stun: 0)
                $0.flags = nodes(ports[0])
            },
            drainTime: "10m"
        )
        let far = try RawDERPClient(other)
        let first = try RawDERPClient(line.current)
        try Self.meet(far, first)
        try Self.meet(first, far)

        let previous = try line.takeOver()
        #expect(try first.next().type == .restarting)
        let moved = try RawDERPClient(line.current, key: first.key)
        try Self.meet(moved, far)
        try Self.meet(far, moved)
        previous.send(signal: SIGTERM)
        #expect(try previous.waitForExit() == .code(0))
        try Self.meet(moved, far)
        try Self.meet(far, moved, within: .seconds(30))
    }

    /// Sends packets until one comes.
    private static func meet(
        _ sender: RawDERPClient,
        _ receiver: RawDERPClient,
        within limit: Duration = .seconds(15)
    ) throws {
        let packet = TestKey.random(100)
        try eventually("a packet comes", within: limit) {
            try sender.send(packet, to: receiver.key)
            // Older ones may come first, and at the old server's end that the other one is gone.
            while let frame = try? receiver.next(within: .milliseconds(100)) {
                if frame == .received(packet, from: sender.key) { return true }
            }
            return false
        }
    }
}
