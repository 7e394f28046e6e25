import Logging

/// Something to log once the server runs. Until then nothing is logged, so that a start that fails says one line only.
struct Notice {
    let level: Logger.Level
    let message: Logger.Message
    let metadata: Logger.Metadata
    /// Whether it tells what was chosen and isn't the standard, which `--check-config` tells too.
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
    /// `warning: … (key: value)`
    var description: String {
        let details = self.metadata.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: ", ")
        return "\(self.level): \(self.message)" + (details.isEmpty ? "" : " (\(details))")
    }
}
