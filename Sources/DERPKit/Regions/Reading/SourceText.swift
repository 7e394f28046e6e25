/// Text of a source on its way to a log or a terminal.
package enum SourceText {
    /// The text in quotation marks, short and without control characters.
    package static func quote(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let shown = scalars.prefix(60).map { $0.properties.generalCategory.isPrintable ? $0 : "?" }
        return "\"\(String(String.UnicodeScalarView(shown)))\(scalars.count > 60 ? "…" : "")\""
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isPrintable: Bool {
        switch self {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
