import Testing

@testable import DERPKit

@Suite("What is said of map sources")
struct DERPMapLintTests {
    /// A source, and what is said of it: `line severity part of the message`.
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let finding: String

        init(_ text: String, _ finding: String) {
            self.text = text
            self.finding = finding
        }

        var testDescription: String { self.finding }
    }

    /// A source in YAML with one node, whose lines after the fifth are `lines`.
    private static func node(_ lines: String...) -> String {
        "regions:\n  900:\n    nodes:\n    - name: 900a\n      regionid: 900\n"
            + lines.map { "      \($0)\n" }.joined()
    }

    private static func hosted(_ lines: String...) -> String {
        Self.node("hostname: a.relays.test") + lines.map { "      \($0)\n" }.joined()
    }

    private static let errors: [Case] = [
        Case("regions:\n  0: {}", "2 error \"0\" is not a region id"),
        Case("regions:\n  x: {}", "2 error \"x\" is not a region id"),
        Case("regions:\n  -1: {}", "2 error \"-1\" is not a region id"),
        Case("regions:\n  9007199254740992: {}", "2 error is not a region id"),
        Case("regions: []", "1 error regions stand under their ids, not in a list"),
        Case("Regions:\n  1: null", "1 error the key \"Regions\" is spelt regions"),
        Case("regions:\n  900:\n    RegionID: 900", "3 error the key \"RegionID\" is spelt regionid"),
        Case("region:\n  1: null", "1 error did you mean regions?"),
        Case("regions:\n  900:\n    regionid: 901", "3 error the region under 900 says that it is 901"),
        Case("regions:\n  900:\n    regionname: [a]", "3 error regionname is text, not a list"),
        Case("regions:\n  900:\n    nodes: a", "3 error the nodes of region 900 are a list, not text"),
        Case("regions:\n  900:\n    nodes: [a]", "3 error a node of region 900 is an object, not text"),
        Case("regions:\n  900: 1", "2 error region 900 is an object, not a number"),
        Case("regions:\n  1: null\n  1: null", "error the key \"1\" appears more than once"),
        Case("regions: {", "error it is not YAML"),
        Case("regions:\n\t1: null", "2 error it is not YAML"),
        Case("a: 1\n---\nb: 2", "error it is not YAML"),
        Case("- 1", "1 error the map is an object, not a list"),
        Case(node("ipv4: 10.0.0.1"), "4 error the node has no host name"),
        Case("regions:\n  900:\n    nodes:\n    - hostname: a.relays.test", "4 error the node has no name"),
        Case(node("hostname: https://a.relays.test"), "6 error a host name has no scheme"),
        Case(node("hostname: a.relays.test:8443"), "6 error it goes without path and port"),
        Case(node("hostname: a.relays.test/derp"), "6 error path and port, which is derpport"),
        Case(hosted("ipv4: 2001:db9::1"), "7 error ipv4 is an IPv4 address or \"none\""),
        Case(hosted("ipv6: 10.0.0.1"), "7 error ipv6 is an IPv6 address or \"none\""),
        Case(hosted("ipv4: a.relays.test"), "7 error ipv4 is an IPv4 address"),
        Case(hosted("derpport: 65536"), "7 error derpport is not in 0…65535"),
        Case(hosted("stunport: -2"), "7 error stunport is not in -1…65535"),
        Case(hosted("derpport: \"443\""), "7 error derpport is not in 0…65535"),
        Case(hosted("derpport: 1.5"), "7 error derpport is not in 0…65535"),
        Case(hosted("stunonly: yes"), "7 error stunonly is true or false, not text"),
        Case(hosted("hostnam: b"), "7 error did you mean hostname?"),
        Case(hosted("certname: sha256-raw:abc"), "7 error a pinned certificate is sha256-raw:"),
        Case("homeparams:\n  regionscore:\n    1: fast", "3 error this is a number, not text"),
        Case("homeparams:\n  regionscore:\n    1: -1", "3 error a region's score is more than 0"),
        Case("{\"Regions\":\n{\"1\":\n}}", "3 error it is not JSON: this is not the start of a value"),
        Case("{\"Regions\": {},\n\"Regions\": {}}", "2 error \"Regions\" appears more than once"),
        Case("{\"Regions\": {}}\n x", "2 error there is more text after the end"),
        Case("{\"Regions\": {\"1\": {\"RegionName\": 1}}}", "1 error RegionName is text, not a number"),
        Case(
            "{\"Regions\": {\"1\": {\"Nodes\": [{\"Name\": \"a\", \"HostName\": \"h:1\"}]}}}",
            "1 error path and port, which is DERPPort"
        ),
        Case("{\"Regions\": \"\\ud800\"}", "1 error half a surrogate pair"),
    ]

    private static let warnings: [Case] = [
        Case("regions:\n  900: {}", "2 warning region 900 has no nodes"),
        Case("regions:\n  900:\n    nodes: [null]", "3 warning a node of region 900 is null"),
        Case(node("hostname: a.example.com"), "6 warning is a reserved example name"),
        Case(hosted("ipv4: 198.51.100.1"), "7 warning 198.51.100.1 is a documentation address"),
        Case(hosted("ipv6: 2001:db8::1"), "7 warning 2001:db8::1 is a documentation address"),
        Case(hosted("insecurefortests: true"), "7 warning insecurefortests: clients don't check"),
        Case(hosted("comment: x"), "7 warning has no key \"comment\": it is ignored"),
        Case(
            "regions:\n  900:\n    nodes:\n    - {name: a, hostname: h,\n       regionid: 901}",
            "5 warning a node of region 900 says that it is of region 901"
        ),
        Case(
            "regions:\n  900:\n    nodes:\n    - {name: a, hostname: h}\n    - {name: a, hostname: i}",
            "5 warning the node's name \"a\" is also on line 4"
        ),
        Case("regions:\n  900:\n    latitude: 91", "3 warning latitude is not in ±90 degrees"),
        Case("{\"regions\": {}}", "1 warning the key \"regions\" is spelt Regions"),
        Case("{\"Region\": {}}", "1 warning did you mean Regions?"),
    ]

    private func isSaid(_ expected: String, of document: DERPMapDocument) -> Bool {
        document.findings.contains { finding in
            let words = "\(finding.line) \(finding.severity) \(finding.message)"
            let parts = expected.split(separator: " ", maxSplits: expected.first?.isNumber == true ? 2 : 1)
            return words.hasPrefix(parts.dropLast().joined(separator: " "))
                && words.contains(parts.last ?? "")
                || expected.first?.isLetter == true && "\(finding.severity) \(finding.message)".hasPrefix(parts[0])
                    && finding.message.contains(parts.last ?? "")
        }
    }

    @Test("what can't be used is an error with its line, and nothing of the source is used", arguments: errors)
    func error(_ test: Case) {
        let document = DERPMapDocument(test.text)
        #expect(self.isSaid(test.finding, of: document), "\(document.findings)")
        #expect(!document.isUsable)
        #expect(document.layer == DERPMapLayer())
    }

    @Test("what can be used but looks wrong is a warning with its line", arguments: warnings)
    func warning(_ test: Case) {
        let document = DERPMapDocument(test.text)
        #expect(self.isSaid(test.finding, of: document), "\(document.findings)")
        #expect(document.isUsable)
    }
}
