import DERPKit
import Testing

@Suite("Which certificates are trusted")
struct ServerTrustTests {
    @Test("a malformed pin is an error", arguments: ["", "derp.test", "sha256-raw:", "sha256-raw:0g", "sha256-raw:00"])
    func pins(text: String) throws {
        #expect(throws: DERPError(.invalidConfiguration, "a pin is sha256-raw: and 64 hex digits")) {
            try ServerTrust.pinned(text)
        }
    }

    @Test("a node's name in the map is a pin only if it begins like one", arguments: ["", "derp.test"])
    func nodes(certName: String) throws {
        var node = DERPNode(name: "1a", regionID: 1, hostName: "a.relays.test")
        node.certName = certName
        _ = try ServerTrust.node(node)
        node.certName = "sha256-raw:00"
        #expect(throws: DERPError.self) { try ServerTrust.node(node) }
    }
}
