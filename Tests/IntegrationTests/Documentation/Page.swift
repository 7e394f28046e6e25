import Foundation
import Testing

/// A page of the documentation: its blocks, in order.
struct Page: CustomTestStringConvertible {
    /// From the root of the package.
    let path: String
    let blocks: [PageBlock]

    init(path: String) throws {
        let file = BuiltProducts.packageRoot.appending(path: path)
        self.path = path
        self.blocks = try Self.blocks(of: String(contentsOf: file, encoding: .utf8))
    }

    var testDescription: String { self.path }

    /// All that somebody may read: README, the pages of docs/, and the benchmarks' README.
    static func all() throws -> [Page] {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: BuiltProducts.packageRoot.appending(path: "docs").path
        )
        let docs = names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
        return try (["README.md", "Benchmarks/README.md"] + docs).map(Page.init)
    }

    static func blocks(of text: String) -> [PageBlock] {
        var blocks: [PageBlock] = []
        var open: (end: String, language: String, mark: String, line: Int, text: [Substring])?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if let block = open {
                guard line == block.end else {
                    open?.text.append(line)
                    continue
                }
                let text = block.text.joined(separator: "\n")
                blocks.append(PageBlock(language: block.language, mark: block.mark, text: text, line: block.line))
                open = nil
            } else if line.hasPrefix("```") {
                let words = line.dropFirst(3).split(separator: " ", maxSplits: 1).map(String.init)
                open = ("```", words.first ?? "", words.count > 1 ? words[1] : "", index + 1, [])
            } else if line.hasPrefix("<!-- run") || line.hasPrefix("<!-- file=") {
                open = ("-->", "sh", String(line.dropFirst("<!-- ".count)), index + 1, [])
            }
        }
        return blocks
    }
}
