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

    /// The flags that have a row, as they are spelt there.
    private func rows() throws -> [String] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = root.deletingLastPathComponent().appendingPathComponent("docs/flags.md")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            guard line.hasPrefix("| `-") else { return nil }
            return line.dropFirst(3).split(separator: "`").first.map(String.init)
        }
    }

    @Test("every flag has one row, and every row is a flag's")
    func complete() throws {
        let rows = try self.rows()
        #expect(Set(rows).symmetricDifference(Flag.all.map(\.spelling)).sorted() == [])
        #expect(Set(rows).count == rows.count)
    }

    @Test("derper's flags are all known, and spelt as derper's")
    func derper() {
        #expect(Set(Self.derper).symmetricDifference(Flag.all.map(\.spelling).filter { !$0.hasPrefix("--") }) == [])
    }
}
