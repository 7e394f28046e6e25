import Foundation
import Glibc
import TestSupport
import Testing

@Suite("What moves metrics: admission and the mesh", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct AdmissionMetricTests {
    private static func refused(_ reasons: String...) -> [MetricSeries] {
        reasons.map { .row(#"derp_admissions_refused_total{reason="\#($0)"}"#) }
    }

    private static func forwarded(_ direction: String) -> [MetricSeries] {
        ["packets", "bytes"].map { .row(#"derp_\#($0)_forwarded_total{direction="\#(direction)"}"#) }
    }

    static let scenarios: [MetricScenario] = [
        MetricScenario("Lists say no", moves: Self.refused("deny_list", "allow_list")) { stage in
            let directory = stage.keep(try TemporaryDirectory())
            let denied = TestKey()
            try directory.write(denied.text, to: "list")
            let list = directory.file("list").path
            let server = try stage.server("--deny-file", list, "--allow-file", list)
            for key in [denied, TestKey()] { #expect(try !Look.admits(server, key)) }
        },
        MetricScenario(
            "tailscaled says no, and then nothing",
            moves: Self.refused("tailscaled", "unavailable")
        ) { stage in
            let directory = stage.keep(try TemporaryDirectory())
            let tailscaled = stage.keep(try ImitatedTailscaled(directory))
            let server = try stage.server("-verify-clients", "-socket", tailscaled.socketPath)
            #expect(try !Look.admits(server))
            try tailscaled.stop()
            #expect(try !Look.admits(server))
        },
        MetricScenario("A controller says no", moves: Self.refused("controller")) { stage in
            let directory = stage.keep(try TemporaryDirectory())
            try directory.write("", to: "allow")
            let controller = stage.keep(
                try ServerProcess(.plain.with { $0.flags = ["--allow-file", directory.file("allow").path] })
            )
            let server = try stage.server("-verify-client-url", "http://127.0.0.1:\(controller.port)/verify")
            #expect(try !Look.admits(server))
        },
        MetricScenario("A controller is away, and the relay fails open", moves: ["derp_admissions_unverified_total"]) {
            stage in
            let nobody = try PortReservation(.tcp)
            nobody.release()
            let url = "http://127.0.0.1:\(nobody.port)/verify"
            let server = try stage.server("-verify-client-url", url, "-verify-client-url-fail-open")
            #expect(try Look.admits(server))
        },
        MetricScenario("A controller says nothing, and too many ask", moves: Self.refused("busy")) { stage in
            let silent = stage.keep(try PortReservation(.tcp))
            let server = try stage.server("-verify-client-url", "http://127.0.0.1:\(silent.port)/verify")
            for _ in 0..<1100 {
                let pending = stage.keep(try PendingClient(server))
                try? pending.connection.write(DERPHandshake.clientInfo(of: TestKey(), for: pending.serverKey).encoded)
            }
        },
        MetricScenario("There are no files to ask a controller with", moves: Self.refused("exhausted")) { stage in
            let silent = stage.keep(try PortReservation(.tcp))
            let url = "http://127.0.0.1:\(silent.port)/verify"
            let server = try stage.server(
                options: .plain.with {
                    $0.openFileLimit = 48
                    $0.flags = ["-verify-client-url", url]
                }
            )
            // One from each address: of an address that has several, some would make room.
            let clients: [PendingClient] = (UInt8(10)..<50).compactMap { host in
                let connection = try? Connection(port: server.port, from: host, security: .plain)
                return connection.flatMap { try? PendingClient(over: $0) }
            }
            stage.keep(clients)
            for client in clients {
                try? client.connection.write(DERPHandshake.clientInfo(of: TestKey(), for: client.serverKey).encoded)
            }
        },
        MetricScenario(
            "A mesh peer watches, forwards, and has a client closed",
            moves: ["derp_mesh_watchers"] + Self.forwarded("in")
                + MetricSeries.rows("derp_connections_closed_total", "reason", "closed_by_mesh")
                + ClientMetricTests.drops("unknown_dest_on_fwd")
        ) { stage in
            let directory = stage.keep(try TemporaryDirectory())
            let meshKey = Hexadecimal.encode(TestKey.random(32))
            try directory.write(meshKey, to: "mesh.key")
            let server = try stage.server("-mesh-psk-file", directory.file("mesh.key").path)
            let victim = stage.keep(try RawDERPClient(server))
            let information = MeshRegion.information(meshKey: meshKey)
            let peer = stage.keep(try RawDERPClient(server, information: information))
            try peer.send(Frame(.watchConnections))
            for packet in [DiscoPacket.make(), [1]] {
                try peer.send(Frame(.forwardPacket, TestKey().publicBytes + TestKey().publicBytes + packet))
            }
            try peer.send(Frame(.closePeer, victim.key.publicBytes))
        },
        MetricScenario(
            "A node of the mesh is killed and comes back, with a client that is sent something",
            moves: [
                "derp_mesh_remote_clients", "derp_mesh_link_clients{node}", "derp_mesh_link_connects_total{node}",
                "derp_mesh_link_failures_total{node}",
            ] + MetricSeries.rows("derp_mesh_links", "state", "up", "down") + Self.forwarded("out")
        ) { stage in
            let region = stage.keep(try MeshRegion(count: 2))
            try stage.watch(region.nodes[0])
            let links = MetricSeries.rows("derp_mesh_links", "state", "up", "down")
            region.nodes[1].send(signal: SIGKILL)
            _ = try region.nodes[1].waitForExit()
            try eventually("the link is down") { try stage.unmoved(of: links).isEmpty }
            try region.restart(1)
            try region.waitUntilLinked()
            let sender = stage.keep(try RawDERPClient(region.nodes[0]))
            let receiver = stage.keep(try region.connect(to: 1))
            try sender.send([1], to: receiver.key)
        },
        MetricScenario(
            "A server meshes with itself",
            moves: MetricSeries.rows("derp_mesh_links", "state", "own_node")
        ) { stage in
            let region = stage.keep(try MeshRegion(count: 1))
            try stage.watch(region.nodes[0], unlike: ServerProcess(.plain))
        },
    ]

    @Test("Every series that a scenario names moves", arguments: scenarios)
    func movement(scenario: MetricScenario) throws { try scenario.verify() }
}
