import Logging

/// What a flag needs to count for something: another flag, mostly. ``all`` has every such pair.
struct FlagNeed: Sendable {
    /// What comes of it when the need isn't met.
    enum Consequence: Sendable {
        /// The settings can't be meant: to ignore them could harm. Said behind the flag's name.
        case refusal(String)
        /// It is logged once at the start, and told by `--check-config`.
        case warning(Logger.Message, reason: String)
    }

    /// The flags' names, without dashes.
    let names: [String]
    /// Whether a value asks for something, as far as this need goes.
    let asks: @Sendable (String) -> Bool
    let isMet: @Sendable (ServerSettings) -> Bool
    let consequence: Consequence

    /// Flags that are ignored without something else.
    ///
    /// - Parameters:
    ///   - silent: values that change nothing, so that who gives them isn't told: the default.
    ///   - reason: why they are ignored.
    static func ignored(
        _ names: [String],
        silent: Set<String> = [],
        reason: String,
        unless isMet: @escaping @Sendable (ServerSettings) -> Bool
    ) -> Self {
        let asks: @Sendable (String) -> Bool = { !$0.isEmpty && $0 != "false" && !silent.contains($0) }
        return Self(
            names: names,
            asks: asks,
            isMet: isMet,
            consequence: .warning("A setting counts for nothing", reason: reason)
        )
    }

    /// A flag that is refused without something else.
    static func refused(
        _ name: String,
        needs need: String,
        unless isMet: @escaping @Sendable (ServerSettings) -> Bool
    ) -> Self {
        Self(
            names: [name],
            asks: { !$0.isEmpty && $0 != "false" },
            isMet: isMet,
            consequence: .refusal("needs \(need)")
        )
    }

    /// A flag that, switched off, leaves a server of little use.
    static func off(
        _ name: String,
        _ message: Logger.Message,
        reason: String,
        unless isMet: @escaping @Sendable (ServerSettings) -> Bool
    ) -> Self {
        Self(names: [name], asks: { $0 == "false" }, isMet: isMet, consequence: .warning(message, reason: reason))
    }
}

// MARK: Judging

extension FlagNeed {
    /// Refuses what can't be meant.
    ///
    /// - Throws: ``UsageError`` with the flag at fault.
    static func check(_ settings: ServerSettings) throws(UsageError) {
        for (flag, need) in Self.unmet(in: settings) {
            if case .refusal(let reason) = need.consequence { throw UsageError("\(flag.spelling) \(reason)") }
        }
    }

    /// What is ignored, a line for each flag.
    static func notices(_ settings: ServerSettings) -> [Notice] {
        var told = Set<String>()
        return Self.unmet(in: settings).compactMap { flag, need in
            guard case .warning(let message, let reason) = need.consequence, told.insert(flag.name).inserted else {
                return nil
            }
            var metadata: Logger.Metadata = ["setting": "\(flag.spelling)", "reason": "\(reason)"]
            if let origin = settings.sources.given.origin(of: flag.name), origin != .commandLine {
                metadata["at"] = "\(origin)"
            }
            return .warning(message, metadata)
        }
    }

    private static func unmet(in settings: ServerSettings) -> [(flag: Flag, need: Self)] {
        Self.all.flatMap { need in
            need.isMet(settings)
                ? []
                : need.names.compactMap { name in
                    guard let flag = Flag.named(name),
                        settings.sources.given.values(of: name).contains(where: need.asks)
                    else { return nil }
                    return (flag, need)
                }
        }
    }
}
