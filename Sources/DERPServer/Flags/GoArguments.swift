import IPAddresses

/// Reads command lines like Go's flag package, so that derper's command lines work unchanged.
///
/// One dash or two; `-x=value` or `-x value`, whatever the value starts with; a boolean alone or as `-x=false`, `-x=0`,
/// `-x=T`.
struct GoArguments {
    private(set) var settings: [Setting] = []
    /// Whether `-h` is there.
    private(set) var wantsHelp = false

    /// - Throws: ``UsageError`` for unknown and refused flags, missing values, wrong booleans, and arguments that are no
    ///   flags: Go ignores the last, which hides mistakes such as `-stun false`.
    init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let (name, attached) = try Self.split(argument)
            if name == "h" || name == "help" {
                self.wantsHelp = true
                continue
            }
            guard let flag = Flag.named(name) else { throw Self.unknown(name) }
            let value = try Self.value(of: flag, attached, or: &rest)
            self.settings.append(try Setting(flag, value, from: .commandLine))
        }
    }

    /// The value of `flag`: what is `attached` to the name, or the next argument.
    static func value(
        of flag: Flag,
        _ attached: String?,
        or rest: inout ArraySlice<String>
    ) throws(UsageError) -> String {
        guard let value = attached ?? (flag.kind == .boolean ? "true" : rest.popFirst()) else {
            throw UsageError("\(flag.spelling) needs a value")
        }
        return value
    }

    /// The name and the attached value of an argument that is a flag.
    static func split(_ argument: String) throws(UsageError) -> (name: String, value: String?) {
        guard argument.begins(with: "-"), argument != "-", argument != "--" else {
            let hint = GoBoolean.parse(argument) == nil ? "" : " (a boolean's value is attached: -stun=\(argument))"
            throw UsageError("unexpected argument \(UsageError.quote(argument))\(hint)")
        }
        let body = argument.rest(after: "--") ?? argument.rest(after: "-") ?? argument[...]
        let parts = body.parts(at: "=", atMost: 2)
        guard let name = parts.first, !name.isEmpty, !name.begins(with: "-") else {
            throw UsageError("\(UsageError.quote(argument)) is not a flag")
        }
        return (String(name), parts.count == 2 ? String(parts[1]) : nil)
    }

    private static func unknown(_ name: String) -> UsageError {
        let hint = Flag.nearest(to: name).map { ": did you mean \($0.spelling)?" } ?? ": --help lists those that are"
        return UsageError("unknown flag \(UsageError.quote("-" + name))\(hint)")
    }
}
