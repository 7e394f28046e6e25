/// What a group's flags were given, or their defaults, as their types: `try given.limits.clients`.
@dynamicMemberLookup
struct GivenFlags<Group: Sendable>: Sendable {
    let group: Group
    let layers: SettingLayers

    /// The value of a flag.
    ///
    /// - Throws: ``UsageError`` with the value that is wrong, and where it comes from.
    subscript<Value>(dynamicMember path: KeyPath<Group, TypedFlag<Value>>) -> Value {
        get throws(UsageError) {
            let flag = self.group[keyPath: path]
            return try flag.value(of: self.layers.setting(of: flag.flag)?.values ?? [])
        }
    }

    /// The flags of a group.
    subscript<Part: FlagGroup>(dynamicMember path: KeyPath<Group, Part>) -> GivenFlags<Part> {
        GivenFlags<Part>(group: self.group[keyPath: path], layers: self.layers)
    }

    /// A mistake in a flag: `message` follows its name.
    ///
    /// - Parameter other: Another flag that it contradicts.
    func error<Value>(
        _ path: KeyPath<Group, TypedFlag<Value>>,
        _ message: String,
        or other: Flag? = nil
    ) -> UsageError {
        let flag = self.group[keyPath: path].flag
        let origin = self.layers.origin(of: [flag, other].compactMap { $0 })
        return UsageError("\(flag.spelling) \(message)", at: origin)
    }
}
