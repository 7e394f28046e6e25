/// What a flag was given, and where.
struct Setting: Hashable, Sendable {
    /// One value. A flag that may be repeated can have several, or none.
    struct Value: Hashable, Sendable {
        let text: String
        let origin: SettingOrigin
    }

    let flag: Flag
    let values: [Value]
    /// Where the flag was named.
    let origin: SettingOrigin

    /// - Throws: ``UsageError`` for a value that isn't a boolean, and for a refused flag that is switched on.
    init(_ flag: Flag, _ values: [Value], from origin: SettingOrigin) throws(UsageError) {
        self.flag = flag
        self.origin = origin
        self.values = try values.map { value throws(UsageError) in
            guard flag.kind == .boolean else { return value }
            guard let isOn = GoBoolean.parse(value.text) else {
                throw FlagValue(flag: flag, text: value.text, origin: value.origin).wrong("true or false")
            }
            return Value(text: "\(isOn)", origin: value.origin)
        }
        // Scripts that always name every flag also give empty ones, which ask for nothing.
        if case .refused(let reason) = flag.support, self.values.contains(where: { !["", "false"].contains($0.text) }) {
            throw UsageError("\(flag.spelling) \(reason)", at: origin)
        }
    }

    /// The setting with one value.
    init(_ flag: Flag, _ text: String, from origin: SettingOrigin) throws(UsageError) {
        try self.init(flag, [Value(text: text, origin: origin)], from: origin)
    }

    private init(flag: Flag, values: [Value], origin: SettingOrigin) {
        self.flag = flag
        self.values = values
        self.origin = origin
    }

    /// One setting with the values of this one and of `others`, without empty ones.
    func joined(with others: some Sequence<Setting>) -> Self {
        let values = (self.values + others.flatMap(\.values)).filter { !$0.text.isEmpty }
        return Self(flag: self.flag, values: values, origin: self.origin)
    }
}
