import Foundation
import TestSupport
import Testing

@Suite("Links of a mesh", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct MeshLinkTests {
    private static func meshKey(in directory: TemporaryDirectory) throws -> String {
        let key = Hexadecimal.encode(TestKey.random(32))
        try directory.write(key + "\n", to: "mesh.key")
        return key
    }

    @Test("A link to the node itself is recognised and left")
    func itself() throws {
        let region = try MeshRegion(count: 1)
        let node = region.nodes[0]
        try eventually("the link is left") { try MeshRegion.links(of: node, .ownNode) == 1 }
        try eventually("nobody is there") { try MeshRegion.clients(of: node) == 0 }
    }

    @Test("A node with another mesh key is no node of the mesh, and neither's key is shown")
    func otherKey() throws {
        let (here, there) = (try TemporaryDirectory(), try TemporaryDirectory())
        let keys = [try Self.meshKey(in: here), try Self.meshKey(in: there)]
        let other = try ServerProcess(
            .plain.with {
                $0.directory = there
                $0.flags = ["-mesh-psk-file", there.file("mesh.key").path]
            }
        )
        let node = try ServerProcess(
            .plain.with {
                $0.directory = here
                $0.flags = [
                    "-mesh-psk-file", here.file("mesh.key").path, "-mesh-with", "http://127.0.0.1:\(other.port)",
                    "--log-level=trace",
                ]
            }
        )
        try eventually("the link fails") {
            try MetricsReading(of: node).total("derp_mesh_link_failures_total") >= 1
        }
        #expect(try MeshRegion.links(of: node, .down) == 1)
        #expect(try MetricsReading(of: node).total("derp_mesh_link_connects_total") == 0)
        #expect(node.log.contains("its mesh key may be another one"))
        for key in keys { #expect(!(node.log + other.log).contains(key)) }
    }

    @Test("The other node's certificate is verified: by --ca-file, or not at all", arguments: [true, false])
    func certificates(isTrusted: Bool) throws {
        let directory = try TemporaryDirectory()
        _ = try Self.meshKey(in: directory)
        try GeneratedCertificate.write(to: directory, hostname: "127.0.0.1")
        let flags = ["-mesh-psk-file", directory.file("mesh.key").path]
        let other = try ServerProcess(
            ServerOptions(certificate: .manual).with {
                $0.directory = directory
                $0.flags = flags
            }
        )
        let authority = isTrusted ? ["--ca-file", directory.file("127.0.0.1.crt").path] : []
        let node = try ServerProcess(
            .plain.with { $0.flags = flags + ["-mesh-with", "127.0.0.1:\(other.port)"] + authority }
        )
        if isTrusted {
            try eventually("the link is up") { try MeshRegion.links(of: node, .up) == 1 }
            let (a, b) = (try RawDERPClient(node), try RawDERPClient(other))
            try eventually("packets cross TLS") {
                try a.send([1], to: b.key)
                return try b.framesBeforePong().contains(.received([1], from: a.key))
            }
        } else {
            try eventually("the link fails") {
                try MetricsReading(of: node).total("derp_mesh_link_failures_total") >= 1
            }
            #expect(try MeshRegion.links(of: node, .up) == 0)
            #expect(try MeshRegion.clients(of: other) == 0)
        }
    }

    @Test("A node may be connected to by another name than its own")
    func dialHost() throws {
        let directory = try TemporaryDirectory()
        _ = try Self.meshKey(in: directory)
        let flags = ["-mesh-psk-file", directory.file("mesh.key").path]
        let other = try ServerProcess(.plain.with { $0.flags = flags })
        let node = try ServerProcess(
            .plain.with { $0.flags = flags + ["-mesh-with", "http://relay.invalid:\(other.port)/127.0.0.1"] }
        )
        try eventually("the link is up") {
            try MetricsReading(of: node).total("derp_mesh_links", "state=\"up\"") == 1
        }
        #expect(
            try MetricsReading(of: node).total("derp_mesh_link_clients", "node=\"relay.invalid:\(other.port)\"") == 1
        )
    }
}
