import Foundation
import Testing

@testable import DERPServer

@Suite("docs/flags.md")
struct FlagDocumentationTests {
    /// All of derper 1.103's.
    private static let derper = """
        a accept-connection-burst accept-connection-limit ace acme-eab-key acme-eab-kid acme-email acme-ip-certs
        bootstrap-dns-names c certdir certmode derp dev home hostname http-port mesh-psk-file mesh-with rate-config
        secrets-cache-dir secrets-path-prefix secrets-url socket stun stun-port tcp-keepalive-time tcp-user-timeout
        tcp-write-timeout unpublished-bootstrap-dns-names verify-client-url verify-client-url-fail-open verify-clients
        version
        """.split { $0 == " " || $0 == "\n" }.map { "-\($0)" }

    @Test("it is what the declarations say: DERPServer help flags > docs/flags.md")
    func page() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = root.deletingLastPathComponent().appendingPathComponent("docs/flags.md")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let expected = FlagPage.text.split(separator: "\n")
        for (line, wanted) in zip(lines, expected) { #expect(line == wanted) }
        #expect(lines.count == expected.count)
    }

    @Test("every flag has one row")
    func complete() {
        for flag in Flag.all {
            #expect(FlagPage.text.ranges(of: "\n| `\(flag.spelling)` |").count == 1, "\(flag.name)")
        }
    }

    @Test("every flag says what it does, and which value it takes")
    func described() {
        for flag in Flag.all {
            #expect(flag.help.hasSuffix(".") && !flag.help.contains("]("), "\(flag.name)")
            #expect(flag.details.isEmpty || flag.details.hasSuffix("."), "\(flag.name)")
            #expect(flag.kind == .boolean || flag.support != .supported || flag.placeholder != "bool", "\(flag.name)")
        }
    }

    @Test("derper's flags are all known, and spelt as derper's")
    func derper() {
        #expect(Set(Self.derper).symmetricDifference(Flag.all.map(\.spelling).filter { !$0.hasPrefix("--") }) == [])
    }
}
