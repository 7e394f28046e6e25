import Glibc

/// Shows progress, separately from results.
public enum Terminal {
    /// Writes one line to standard error.
    public static func tell(_ line: String) {
        var text = line + "\n"
        text.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
    }
}
