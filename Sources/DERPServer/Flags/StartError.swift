/// Why the server can't start, in one line that names the setting. The process exits with 1.
struct StartError: Error, Hashable, CustomStringConvertible {
    /// The flag that decides about what failed.
    let flag: Flag
    /// Which of the flag's values failed, where that is known and there may be several.
    let value: String?
    private let reason: String

    /// - Parameter reason: What failed, on what, and why.
    init(_ flag: Flag, value: String? = nil, _ reason: some CustomStringConvertible) {
        self.flag = flag
        self.value = value
        self.reason = reason.description
    }

    init<Value>(_ path: FlagPath<Value>, _ reason: some CustomStringConvertible) {
        self.init(Flag[path], reason)
    }

    var description: String { "\(self.flag.spelling): \(self.reason)" }
}
