import DERPKit

/// Rows whose columns are aligned, for a terminal.
struct TextTable {
    let text: String

    init(_ rows: [[String]]) {
        let rows = rows.map { $0.map(Self.printable) }
        let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        self.text = rows.map { row in
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    /// A map is text from strangers: nothing in it may move the cursor.
    private static func printable(_ text: String) -> String {
        OutsideText.line(text, limit: 1000)
    }
}
