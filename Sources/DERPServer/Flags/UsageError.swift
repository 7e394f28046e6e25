import DERPKit

/// A mistake on the command line or in other settings: one line that names the flag. The process exits with 64.
struct UsageError: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// A mistake in what comes from `origin`.
    init(_ message: String, at origin: SettingOrigin) { self.description = origin.prefix + message }

    /// The text in quotation marks, short and without control characters, for an error.
    static func quote(_ text: String) -> String {
        "\"\(OutsideText.line(text, limit: 80))\""
    }
}
