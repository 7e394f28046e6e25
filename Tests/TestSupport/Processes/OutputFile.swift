import Foundation

/// What a program writes, behind what others wrote to the same file before.
struct OutputFile {
    let url: URL
    private let start: Int

    init(_ url: URL) {
        self.url = url
        self.start = (try? Data(contentsOf: url).count) ?? 0
    }

    var text: String {
        (try? Data(contentsOf: self.url)).map { String(decoding: $0.dropFirst(self.start), as: UTF8.self) } ?? ""
    }
}
