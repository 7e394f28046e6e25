/// Why the server can't start, in one line that names the setting. The process exits with 1.
struct StartError: Error, Hashable, CustomStringConvertible {
    let description: String

    /// - Parameters:
    ///   - setting: The flags that decide about what failed.
    ///   - reason: What failed, on what, and why.
    init(_ setting: String, _ reason: some CustomStringConvertible) {
        self.description = "\(setting): \(reason)"
    }
}
