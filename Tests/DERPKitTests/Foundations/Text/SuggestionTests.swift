import Testing

@testable import DERPKit

@Suite("Did you mean")
struct SuggestionTests {
    private static let names = ["RegionID", "RegionCode", "RegionName", "Nodes", "v4"]

    @Test(
        "a mistyped name leads to the one that was meant, whatever its case",
        arguments: [
            ("regionid", "RegionID"), ("RegoinID", "RegionID"), ("RegionCod", "RegionCode"), ("Noodes", "Nodes"),
            ("v6", "v4"),
        ]
    )
    func found(given: String, meant: String) {
        #expect(Suggestion.nearest(to: given, among: Self.names) == meant)
    }

    @Test(
        "a name that is like none leads nowhere",
        arguments: ["", "Latitude", "Nooooodes", "no", String(repeating: "RegionID", count: 8)]
    )
    func missing(given: String) {
        #expect(Suggestion.nearest(to: given, among: Self.names) == nil)
    }

    @Test("every third letter may be wrong, and three at most")
    func limit() {
        #expect(Suggestion.nearest(to: "abcxyz", among: ["abcdef"]) == nil)
        #expect(Suggestion.nearest(to: "abcdyz", among: ["abcdef"]) == "abcdef")
        #expect(Suggestion.nearest(to: "abcdefghiWXYZ", among: ["abcdefghijklm"]) == nil)
        #expect(Suggestion.nearest(to: "abcdefghijXYZ", among: ["abcdefghijklm"]) == "abcdefghijklm")
    }
}
