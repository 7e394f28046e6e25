/// What a flag needs in order to count: another flag, mostly.
struct FlagNeed: Hashable, Sendable {
    /// What must hold. `ServerSettings.meet(_:)` knows whether it does.
    enum Condition: Hashable, Sendable {
        case notDevelopment, tls, acme, bindingKeyID, bindingKey
        case stun, relay, heldPlaces, holdTime, acceptLimit, trustedProxies, takeover
        case tailscaled, controllers, verifiers, admission
        case mapURLs, mapSources, ownRegion, authorities
    }

    /// Which values ask for something.
    enum Asking: Hashable, Sendable {
        /// All but an empty one, `false`, the default, and these.
        case others([String])
        /// Those that switch the flag off.
        case off
        /// Those with several items.
        case several
    }

    /// What happens when the condition doesn't hold.
    enum Consequence: Hashable, Sendable {
        /// The settings are refused: to ignore the flag could do harm. The text follows the flag's name.
        case refusal(String)
        /// It is logged once at the start, and reported by `--check-config`.
        case warning(String, reason: String)
    }

    let condition: Condition
    let asking: Asking
    let consequence: Consequence

    /// Whether `text` asks for something, as far as this need goes.
    func isAsked(by text: String, of flag: Flag) -> Bool {
        switch self.asking {
        case .others(let silent): !["", "false", flag.standard].contains(text) && !silent.contains(text)
        case .off: text == "false"
        case .several: text.utf8.contains(UInt8(ascii: ","))
        }
    }

    /// The flag is ignored unless `condition` holds.
    ///
    /// - Parameter silent: Values besides the default that change nothing.
    static func ignored(unless condition: Condition, silent: [String] = [], _ reason: String) -> Self {
        Self(
            condition: condition,
            asking: .others(silent),
            consequence: .warning("A setting has no effect", reason: reason)
        )
    }

    /// The flag is refused unless `condition` holds.
    static func refused(unless condition: Condition, needs need: String) -> Self {
        Self(condition: condition, asking: .others([]), consequence: .refusal("needs \(need)"))
    }

    /// Switched off, the flag leaves a server of little use unless `condition` holds.
    static func off(unless condition: Condition, _ message: String, _ reason: String) -> Self {
        Self(condition: condition, asking: .off, consequence: .warning(message, reason: reason))
    }

    /// Only the first of several items counts unless `condition` holds.
    static func first(unless condition: Condition, _ reason: String) -> Self {
        Self(
            condition: condition,
            asking: .several,
            consequence: .warning("Only a part of a setting has an effect", reason: reason)
        )
    }
}

extension FlagNeed {
    static let notDevelopment = ignored(unless: .notDevelopment, "-dev replaces it")
    static let acme = ignored(unless: .acme, "only -certmode letsencrypt orders certificates")
    static let relay = ignored(unless: .relay, silent: ["0", "0s"], "this server doesn't relay: -derp=false")
    static let verifiers = ignored(
        unless: .verifiers,
        "no verifier is asked: there is neither -verify-clients nor -verify-client-url"
    )
    static let mapURLs = ignored(unless: .mapURLs, "there is no --map-url")
    static let ownRegion = ignored(
        unless: .ownRegion,
        "this server's region isn't in the map: --map-own-region=false"
    )
}
