import Foundation
import Testing

@Suite("Pages that the sources cite")
struct CitationTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("each is there, and has the section that is named")
    func pages() throws {
        let sources = Self.root.appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var count = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            // A citation may go on in the next line.
            let text = try String(contentsOf: file, encoding: .utf8).replacing(/\n *\/\/+ ?/, with: " ")
            #expect(!text.contains("protocol notes") && !text.contains("protocol.md §"), "\(file.lastPathComponent)")
            for match in text.matches(of: /(docs\/[a-z]+\.md)(?:, "([^"]+)")?(?: and "([^"]+)")?/) {
                count += 1
                let page = try String(contentsOf: Self.root.appending(path: String(match.1)), encoding: .utf8)
                for section in [match.2, match.3].compactMap({ $0 }) {
                    #expect(page.contains("\n## \(section)\n"), "\(file.lastPathComponent): \(match.1), \(section)")
                }
            }
        }
        #expect(count > 15)
    }
}
