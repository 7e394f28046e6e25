/// All flags of the server, in groups.
struct ServerFlags: Sendable {
    let general = GeneralFlags()
    let listening = ListeningFlags()
    let certificates = CertificateFlags()
    let map = MapFlags()
    let admission = AdmissionFlags()
    let limits = LimitFlags()
    let peers = PeerFlags()
    let refused = RefusedFlags()

    static let shared = ServerFlags()

    /// The groups, in the order of the help.
    static let groups = Mirror(reflecting: Self.shared).children.compactMap { $0.value as? any FlagGroup }
}

/// Where a flag is declared: `\.limits.clients`.
typealias FlagPath<Value: Sendable> = KeyPath<ServerFlags, TypedFlag<Value>>

/// Something that declares a flag.
protocol DeclaredFlag: Sendable {
    var flag: Flag { get }
}

/// Flags that the help shows together. Each is declared by a property.
protocol FlagGroup: Sendable {
    /// What the help and docs/flags.md call them.
    static var title: String { get }
}

extension FlagGroup {
    /// The flags of all properties, in their order.
    var flags: [Flag] { Mirror(reflecting: self).children.compactMap { ($0.value as? any DeclaredFlag)?.flag } }
}
