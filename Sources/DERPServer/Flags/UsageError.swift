import DERPKit
import IPAddresses

/// A mistake on the command line or in other settings: one line that names the flag. The process exits with 64.
struct UsageError: Error, Hashable, CustomStringConvertible {
    let description: String

    /// - Parameter description: The line. Whatever it quotes, the result is safe to print.
    init(_ description: String) {
        self.description = OutsideText.line(description.replacing("\n", by: " "), limit: Self.limit)
    }

    /// A mistake in what comes from `origin`.
    init(_ message: String, at origin: SettingOrigin) { self.init(origin.prefix + message) }

    /// In characters. Paths may be long.
    private static let limit = 10_000

    /// The text in quotation marks, short and without control characters, for an error.
    static func quote(_ text: String) -> String {
        "\"\(OutsideText.line(text, limit: 80))\""
    }
}
