import FoundationEssentials
import Testing

@testable import DERPKit

@Suite("Text from outside on its way to a person")
struct OutsideTextTests {
    /// What isn't seen, or does something else than to be seen.
    private static let hidden: [Unicode.Scalar] = [
        "\0", "\n", "\r", "\t", "\u{1b}", "\u{7f}", "\u{85}", "\u{9b}", "\u{ad}", "\u{34f}", "\u{61c}", "\u{115f}",
        "\u{200b}",
        "\u{200d}", "\u{200e}", "\u{2028}", "\u{2029}", "\u{202e}", "\u{2066}", "\u{2069}", "\u{3164}", "\u{e000}",
        "\u{fe0f}",
        "\u{feff}", "\u{fffe}", "\u{e0041}", "\u{10ffff}",
    ]

    @Test("what can't be seen is shown as a question mark", arguments: hidden)
    func unseen(scalar: Unicode.Scalar) {
        #expect(OutsideText.line("a\(scalar)b") == "a?b")
        #expect(CheckFinding(.info, .region, "a\(scalar)b").message == "a?b")
        #expect(SourceText.quote("a\(scalar)b") == "\"a?b\"")
        let failure = ACMEFailure("\("a\(scalar)b") could not be validated")
        #expect(failure.description == "a?b could not be validated")
    }

    @Test("letters of all scripts stay")
    func letters() {
        let text = "Zürich, 東京, Αθήνα, القاهرة, 🚀"
        #expect(OutsideText.line(text) == text)
    }

    @Test("it is cut")
    func length() {
        #expect(OutsideText.line(String(repeating: "a", count: 400)).count == 400)
        #expect(OutsideText.line(String(repeating: "a", count: 200_000)) == String(repeating: "a", count: 400) + "…")
        #expect(ACMEFailure(String(repeating: "a", count: 200_000)).description.utf8.count < 1010)
    }

    @Test("what an ACME server says of an error is one short line")
    func problem() throws {
        let nasty = "x\n2026-01-01 error DERPServer: [DERPServer] forged\u{1b}[2J\u{202e}"
        let problem = ACMEProblem(type: "urn:ietf:params:acme:error:" + nasty, detail: nasty, subproblems: nil)
        #expect(problem.description.unicodeScalars.allSatisfy(OutsideText.isVisible))
        var issuance = ACMEIssuance(types: [.http])
        let order = ACMEOrder(
            status: .pending,
            authorizations: ["https://a"],
            finalize: "",
            certificate: nil,
            error: nil
        )
        #expect(throws: Never.self) { try issuance.take(order) }
        let value = nasty + String(repeating: "v", count: 200_000)
        let identifier = try JSONEncoder().encode(["type": "dns", "value": value])
        let authorization = ACMEAuthorization(
            identifier: try JSONDecoder().decode(ACMEIdentifier.self, from: identifier),
            status: .invalid,
            challenges: []
        )
        let failure = #expect(throws: ACMEFailure.self) { try issuance.take(authorization) }
        #expect(failure?.description.unicodeScalars.allSatisfy(OutsideText.isVisible) == true)
        #expect((failure?.description.utf8.count ?? .max) < 1010)
    }
}
