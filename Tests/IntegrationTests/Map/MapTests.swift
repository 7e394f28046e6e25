import Foundation
import TestSupport
import Testing

@Suite("DERP map", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct MapTests {
    @Test("The relay's own region is served, ready for a client")
    func ownRegion() throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true, hasSTUN: true))
        let certificate = try #require(try server.connect().tls?.peerCertificates.first)
        let fingerprint = try CertificateInspection(certificate).fingerprint
        let request = HTTPRequest("/derpmap/default")
        for response in [try request.send(to: server), try request.send(toHelperOf: server)] {
            #expect(response.status == 200)
            #expect(response["Content-Type"]?.hasPrefix("application/json") == true)
            let map = try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
            let regions = try #require(map["Regions"] as? [String: [String: Any]])
            #expect(Array(regions.keys) == ["900"])
            let region = try #require(regions["900"])
            #expect(region["RegionID"] as? Int == 900)
            #expect(region["RegionCode"] is String)
            #expect(region["RegionName"] is String)
            let nodes = try #require(region["Nodes"] as? [[String: Any]])
            #expect(nodes.count == 1)
            let node = try #require(nodes.first)
            #expect(node["RegionID"] as? Int == 900)
            #expect(node["HostName"] as? String == "127.0.0.1")
            #expect(node["CertName"] as? String == "sha256-raw:" + fingerprint)
            #expect(node["DERPPort"] as? Int == Int(server.port))
            #expect(node["STUNPort"] as? Int == Int(server.ports.stun))
            #expect(node["InsecureForTests"] == nil)
        }
        #expect(server.log.contains("sha256-raw:" + fingerprint))
    }

    @Test("Without STUN the map says so")
    func withoutSTUN() throws {
        let server = try ServerProcess(ServerOptions(hasHelperPort: true))
        #expect(try Self.node(of: server)["STUNPort"] as? Int == -1)
    }

    @Test("The region's settings are in the map")
    func settings() throws {
        let flags = [
            "--region-id", "901", "--region-code", "lab", "--region-name", "The Lab",
            "--ipv4", "192.0.2.1", "--ipv6", "2001:db8::1",
        ]
        let server = try ServerProcess(ServerOptions(flags: flags))
        let region = try Self.region(of: server)
        #expect(region["RegionID"] as? Int == 901)
        #expect(region["RegionCode"] as? String == "lab")
        #expect(region["RegionName"] as? String == "The Lab")
        let node = try Self.node(of: server)
        #expect(node["IPv4"] as? String == "192.0.2.1")
        #expect(node["IPv6"] as? String == "2001:db8::1")
    }

    @Test("Zero values are left out")
    func zeroValues() throws {
        let server = try ServerProcess()
        let region = try Self.region(of: server)
        for name in ["Latitude", "Longitude", "Avoid", "NoMeasureNoHome"] {
            #expect(region[name] == nil)
        }
        let node = try Self.node(of: server)
        for name in ["STUNOnly", "InsecureForTests", "STUNTestIP"] {
            #expect(node[name] == nil)
        }
    }

    private static func region(of server: ServerProcess) throws -> [String: Any] {
        let response = try HTTPRequest("/derpmap/default").send(to: server)
        let map = try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
        let regions = try #require(map["Regions"] as? [String: [String: Any]])
        return try #require(regions.values.first)
    }

    private static func node(of server: ServerProcess) throws -> [String: Any] {
        let nodes = try #require(try Self.region(of: server)["Nodes"] as? [[String: Any]])
        return try #require(nodes.first)
    }
}
