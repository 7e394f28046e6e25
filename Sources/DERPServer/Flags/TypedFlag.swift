/// A flag, and how its text becomes a value.
struct TypedFlag<Value: Sendable>: DeclaredFlag {
    private(set) var flag: Flag
    let reader: FlagReader<Value>

    /// - Parameters:
    ///   - spelling: The name: a flag that derper has too with one dash, one of our own with two.
    ///   - placeholder: What the help calls the value.
    ///   - standard: The value that counts when none is given.
    init(
        _ spelling: String,
        _ reader: FlagReader<Value>,
        _ placeholder: String = "bool",
        default standard: String? = nil
    ) {
        self.flag = Flag(spelling: spelling, kind: reader.kind, placeholder: placeholder, standard: standard)
        self.reader = reader
    }

    private func with(_ change: (inout Flag) -> Void) -> Self {
        var copy = self
        change(&copy.flag)
        return copy
    }

    /// Describes the default where it is no fixed value, in Markdown.
    func otherwise(_ text: String) -> Self { self.with { $0.standardText = text } }

    /// Gives derper's default where it is another one, in Markdown.
    func derper(default text: String) -> Self { self.with { $0.derperDefault = text } }

    /// Adds a longer name, for files and variables.
    func alias(_ name: String) -> Self { self.with { $0.alias = name } }

    /// Restricts where the flag may be given.
    func settable(_ places: Flag.Places) -> Self { self.with { $0.places = places } }

    /// Refuses a flag of derper's that does nothing here. To ignore it could open what its user wants closed.
    func refused(_ reason: String) -> Self { self.with { $0.support = .refused(reason) } }

    /// Adds what the flag needs in order to count. Of several needs, the first one that isn't met is reported.
    func needs(_ needs: FlagNeed...) -> Self { self.with { $0.needs += needs } }

    /// Adds what the help and docs/flags.md say, in Markdown without links.
    func help(_ text: String) -> Self { self.with { $0.help = text } }

    /// Adds what docs/flags.md says besides, in Markdown.
    func details(_ text: String) -> Self { self.with { $0.details = text } }

    /// Makes sense of the values that were `given`, or of the default when there are none.
    ///
    /// - Throws: ``UsageError`` with the value that is wrong, and where it comes from.
    func value(of given: [Setting.Value]) throws(UsageError) -> Value {
        var values = given.map { FlagValue(flag: self.flag, text: $0.text, origin: $0.origin) }
        if values.isEmpty, self.flag.kind != .list, let standard = self.flag.standard {
            values = [FlagValue(flag: self.flag, text: standard, origin: .commandLine)]
        }
        return try self.reader.read(values)
    }
}
