/// Reads command lines as Go's flag package does, so that derper's work as they are.
///
/// One dash or two; `-x=value` or `-x value`, whatever the value starts with; a boolean alone or as `-x=false`, `-x=0`,
/// `-x=T`. The result has one form only, which the argument parser can't misread.
enum GoArguments {
    /// The arguments as `--name value`, and `-a value` for names of one letter.
    ///
    /// - Throws: ``UsageError`` for unknown and refused flags, missing values, wrong booleans, and arguments that are no
    ///   flags: Go ignores the last, which hides mistakes such as `-stun false`.
    static func normalize(_ arguments: [String]) throws(UsageError) -> [String] {
        var result = [String]()
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let (name, attached) = try Self.split(argument)
            if name == "h" || name == "help" {
                result.append("--help")
                continue
            }
            guard let flag = Flag.named(name) else { throw Self.unknown(name) }
            let value: String
            switch flag.kind {
            case .boolean:
                guard let isOn = GoBoolean.parse(attached ?? "true") else {
                    throw UsageError("\(flag.spelling) is true or false, not \(UsageError.quote(attached ?? ""))")
                }
                value = "\(isOn)"
            case .value:
                guard let given = attached ?? rest.popFirst() else {
                    throw UsageError("\(flag.spelling) needs a value")
                }
                value = given
            }
            switch flag.support {
            case .supported:
                result += [(name.count == 1 ? "-" : "--") + name, value]
            case .refused(let reason):
                // Scripts that always name every flag give the empty ones too: off is off.
                guard value.isEmpty || value == "false" else { throw UsageError("\(flag.spelling) \(reason)") }
            }
        }
        return result
    }

    private static func split(_ argument: String) throws(UsageError) -> (name: String, value: String?) {
        guard argument.hasPrefix("-"), argument != "-", argument != "--" else {
            let hint = GoBoolean.parse(argument) == nil ? "" : " (a boolean's value is attached: -stun=\(argument))"
            throw UsageError("unexpected argument \(UsageError.quote(argument))\(hint)")
        }
        let body = argument.dropFirst(argument.hasPrefix("--") ? 2 : 1)
        let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty, !name.hasPrefix("-") else {
            throw UsageError("\(UsageError.quote(argument)) is no flag")
        }
        return (String(name), parts.count == 2 ? String(parts[1]) : nil)
    }

    private static func unknown(_ name: String) -> UsageError {
        let hint = Flag.nearest(to: name).map { ": did you mean \($0.spelling)?" } ?? ": --help lists those that are"
        return UsageError("unknown flag \(UsageError.quote("-" + name))\(hint)")
    }
}
