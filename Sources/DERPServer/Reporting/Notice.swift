import DERPKit
import Logging

/// A line to log once the server runs. Nothing is logged before, so that a failed start prints one line only.
struct Notice {
    let level: Logger.Level
    let message: Logger.Message
    let metadata: Logger.Metadata
    /// Whether it reports a choice that isn't the default. `--check-config` reports these too.
    var isChoice = false

    static func info(_ message: Logger.Message, _ metadata: Logger.Metadata = [:]) -> Self {
        Self(level: .info, message: message, metadata: metadata)
    }

    static func choice(_ message: Logger.Message, _ metadata: Logger.Metadata) -> Self {
        Self(level: .info, message: message, metadata: metadata, isChoice: true)
    }

    static func warning(_ message: Logger.Message, _ metadata: Logger.Metadata = [:]) -> Self {
        Self(level: .warning, message: message, metadata: metadata)
    }
}

extension Notice: CustomStringConvertible {
    /// `warning: … (key: value)`, in one line that is safe to print.
    var description: String {
        let details = self.metadata.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: ", ")
        let text = "\(self.level): \(self.message)" + (details.isEmpty ? "" : " (\(details))")
        return OutsideText.line(text, limit: 10_000)
    }
}
