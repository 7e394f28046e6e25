/// Formats rows with the same number of cells for a terminal.
enum TextTable {
    /// Returns the lines of the table. The first column is aligned left, the others right.
    static func lines(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, text in
                let padding = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + padding : padding + text
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}

/// Formats such rows in Markdown. The first row is the head.
package enum MarkdownTable {
    package static func lines(_ rows: [[String]]) -> String {
        var lines = rows.map { "| \($0.joined(separator: " | ")) |" }
        let columns = rows.first?.count ?? 0
        lines.insert("|---|" + String(repeating: "--:|", count: max(columns - 1, 0)), at: min(1, lines.count))
        return lines.joined(separator: "\n")
    }
}
