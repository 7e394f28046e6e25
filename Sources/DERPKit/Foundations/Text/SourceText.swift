/// Text of a source on its way to a log or a terminal.
package enum SourceText {
    /// The text in quotation marks, short and without anything invisible.
    package static func quote(_ text: String) -> String { "\"\(OutsideText.line(text, limit: 60))\"" }
}
