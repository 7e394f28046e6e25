import DERPKit

/// Messages about what others have sent, on their way to a log or a terminal.
enum Lines {
    /// Traps if `message` has anything in it that could start a line or move the cursor.
    static func check(_ message: String) {
        guard message.unicodeScalars.allSatisfy(OutsideText.isVisible) else {
            fatalError("not one harmless line: \(message.debugDescription)")
        }
    }
}
