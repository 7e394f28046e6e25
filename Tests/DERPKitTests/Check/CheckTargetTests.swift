import Testing

@testable import DERPKit

@Suite("What is to be checked")
struct CheckTargetTests {
    @Test("a URL stands for a node of no map")
    func url() throws {
        let secure = try CheckTarget(url: "https://relay.test/")
        #expect(secure.node.hostName == "relay.test" && secure.derpPort == 443 && secure.stunPort == 3478)
        #expect(!secure.isPlain && secure.node.canPort80 && secure.authority == "relay.test")
        let plain = try CheckTarget(url: "http://[::1]:3340")
        #expect(plain.node.hostName == "::1" && plain.derpPort == 3340 && plain.authority == "[::1]:3340")
        #expect(plain.isPlain && !plain.node.canPort80)
        #expect(throws: DERPError.self) { try CheckTarget(url: "ftp://relay.test") }
    }

    @Test("ports are those that the map means")
    func ports() {
        var target = CheckTarget(DERPNode(name: "", regionID: 1, hostName: "relay.test"))
        #expect(target.derpPort == 443 && target.stunPort == 3478)
        (target.node.derpPort, target.node.stunPort) = (8443, -1)
        #expect(target.derpPort == 8443 && target.stunPort == nil)
        (target.node.derpPort, target.node.stunPort) = (-1, 65_536)
        #expect(target.derpPort == nil && target.stunPort == nil)
    }

    @Test("CertName is a name or a pin")
    func certName() {
        var target = CheckTarget(DERPNode(name: "", regionID: 1, hostName: "relay.test"))
        #expect(target.certificateName == "relay.test" && target.pin == nil)
        target.node.certName = "front.test"
        #expect(target.certificateName == "front.test")
        target.node.certName = "sha256-raw:abcd"
        #expect(target.certificateName == "relay.test" && target.pin == "abcd")
    }
}
