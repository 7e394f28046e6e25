/// A block of a page of the documentation, with what its first line says to do with it.
///
/// Behind the language of a fenced block stands one of
///
/// - `run`: its commands are run, in a shell that all blocks of the page share, and must succeed; `run exits=1`: the last
///   one must exit so;
/// - `run until=TEXT`: they are run beside, and go on; TEXT must come in what they print;
/// - `output`: what the block before printed, line by line; `…` stands for anything;
/// - `file=PATH`: what it shows is written there before the page is run;
/// - `not run: REASON`.
///
/// An HTML comment that begins with `run` or `file=PATH` is the same, and isn't shown.
struct PageBlock {
    enum Use: Equatable {
        case run(status: Int32)
        case beside(until: String)
        case output
        case file(String)
        case notRun(reason: String)
        /// Nothing is said of it.
        case unmarked
    }

    let language: String
    let use: Use
    let text: String
    /// Where it begins in the page, from 1.
    let line: Int

    /// Whether it shows commands, which must be run or say why not.
    var isCommands: Bool { ["sh", "bash", "console", "shell"].contains(self.language) }

    init(language: String, mark: String, text: String, line: Int) {
        self.language = language
        self.use = Use(mark)
        self.text = text
        self.line = line
    }
}

extension PageBlock.Use {
    fileprivate init(_ mark: String) {
        let words = mark.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.count > 1 ? words[1] : ""
        switch words.first {
        case "run" where rest.isEmpty: self = .run(status: 0)
        case "run" where rest.hasPrefix("exits="):
            self = Int32(rest.dropFirst("exits=".count)).map { .run(status: $0) } ?? .unmarked
        case "run" where rest.hasPrefix("until="): self = .beside(until: String(rest.dropFirst("until=".count)))
        case "output" where rest.isEmpty: self = .output
        case "not" where rest.hasPrefix("run: ") && rest.count > "run: ".count:
            self = .notRun(reason: String(rest.dropFirst("run: ".count)))
        case .some(let word) where word.hasPrefix("file=") && rest.isEmpty:
            self = .file(String(word.dropFirst("file=".count)))
        default: self = .unmarked
        }
    }
}
