import IPAddresses
import Glibc

/// The Retry-After field (RFC 9110 §10.2.3).
enum HTTPRetryAfter {
    /// Returns what `text` says, as time from `now` (seconds since 1970), at least zero, or `nil` if it is malformed.
    static func duration(_ text: String, now: Int) -> Duration? {
        if !text.isEmpty, text.utf8.allSatisfy(HTTPGrammar.isDigit) {
            // More than nine digits mean a time beyond all limits.
            return .seconds(text.utf8.count > 9 ? 999_999_999 : Int(text) ?? 0)
        }
        return self.date(text).map { .seconds(max(0, $0 - now)) }
    }

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, the only form that may be sent (RFC 9110 §5.6.7), as seconds since 1970.
    private static func date(_ text: String) -> Int? {
        let words = text.parts(at: " ")
        guard words.count == 6, words[5].equals("GMT"), let month = self.months.firstIndex(of: words[2]) else {
            return nil
        }
        let numbers = ([words[1], words[3]] + words[4].parts(at: ":")).compactMap { word in
            word.utf8.allSatisfy(HTTPGrammar.isDigit) ? CInt(word) : nil
        }
        guard numbers.count == 5, numbers[1] >= 1900 else { return nil }
        var fields = tm()
        (fields.tm_mday, fields.tm_mon, fields.tm_year) = (numbers[0], CInt(month), numbers[1] - 1900)
        (fields.tm_hour, fields.tm_min, fields.tm_sec) = (numbers[2], numbers[3], numbers[4])
        return timegm(&fields)
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
