import Foundation
import TestSupport
import Testing

/// What the documentation says to type has been typed, on the program that README builds.
@Suite("Documentation", .light, .blocking, .timeLimit(.minutes(5)))
struct DocumentationTests {
    @Test("Every block of commands is run, or says why it isn't", arguments: try Page.all())
    func marks(page: Page) {
        for block in page.blocks where block.isCommands && block.use == .unmarked {
            Issue.record("\(page.path):\(block.line): say `run`, or `not run: ` and why, behind ```\(block.language)")
        }
        for block in page.blocks where block.language.isEmpty {
            Issue.record("\(page.path):\(block.line): name the block's language: `sh` for commands, or `text`")
        }
    }

    @Test("What a page says to type works, and prints what the page shows", arguments: try Page.all().filter(\.isRun))
    func commands(page: Page) throws {
        let results = try PagePlay(page).results()
        for result in results {
            let place = "\(page.path):\(result.block.line)"
            switch result.block.use {
            case .run(let status):
                #expect(result.status == status, "\(place): printed\n\(result.output)")
            case .beside(let text):
                #expect(result.status == 0, "\(place): did not say '\(text)' but\n\(result.output)")
            default:
                break
            }
        }
        for (index, block) in page.blocks.enumerated() where block.use == .output {
            let previous = try #require(
                results.last { $0.block.line < block.line },
                "\(page.path):\(block.line): nothing was run before"
            )
            #expect(
                ShownOutput(block.text).matches(previous.output),
                "\(page.path):\(block.line): block \(index) shows\n\(block.text)\nbut there was\n\(previous.output)"
            )
        }
        let count = page.blocks.filter(\.isRun).count
        #expect(results.count == count, "\(page.path): only \(results.count) of \(count) blocks were run")
    }
}

extension Page {
    var isRun: Bool { self.blocks.contains(where: \.isRun) }
}

extension PageBlock {
    var isRun: Bool {
        switch self.use {
        case .run, .beside: true
        case .output, .file, .notRun, .unmarked: false
        }
    }
}
