/// An attack on a relay from loopback addresses of its own, with limits of time and number.
public struct Attack: Sendable {
    /// What the attacker must have reached for the attack.
    public enum Stage: String, Sendable, CaseIterable {
        case beforeLogin = "Before login"
        case loggedIn = "Logged in"
        case trusted = "Trusted, but gone bad"
        case machine = "The machine"
    }

    public let name: String
    public let stage: Stage
    /// A description in one line.
    public let summary: String
    public let settings: ServerSettings
    /// Why new clients may fail to log in during the attack; `nil` if none may fail.
    public let newcomersMayFail: String?
    /// How many seconds the attack needs at least before it has an effect.
    public let leastSeconds: Double
    /// Prepares the attack before the server starts. It may start to serve, but does no harm until the field has begun.
    let prepare: @Sendable (Field) throws -> Void
    /// Attacks until the field is over.
    let play: @Sendable (Field) throws -> Void

    init(
        _ name: String,
        _ stage: Stage,
        _ summary: String,
        settings: ServerSettings = ServerSettings(),
        newcomersMayFail: String? = nil,
        leastSeconds: Double = 0,
        prepare: @escaping @Sendable (Field) throws -> Void = { _ in },
        play: @escaping @Sendable (Field) throws -> Void
    ) {
        self.name = name
        self.stage = stage
        self.summary = summary
        self.settings = settings
        self.newcomersMayFail = newcomersMayFail
        self.leastSeconds = leastSeconds
        self.prepare = prepare
        self.play = play
    }

    /// Makes an attack by a server that the relay asks. It acts whenever it is asked.
    ///
    /// - Parameters:
    ///   - serve: Handles each connection.
    ///   - attack: What the attacker does in addition.
    static func waiting(
        _ name: String,
        _ stage: Stage,
        _ summary: String,
        settings: ServerSettings,
        newcomersMayFail: String? = nil,
        leastSeconds: Double = 0,
        serve: @escaping @Sendable (Wire, Field) -> Void,
        attack: @escaping @Sendable (Field) -> Void = { $0.sleepUntilOver() }
    ) -> Attack {
        Attack(
            name,
            stage,
            summary,
            settings: settings,
            newcomersMayFail: newcomersMayFail,
            leastSeconds: leastSeconds,
            prepare: { field in try HostileServer.start(field) { serve($0, field) } },
            play: attack
        )
    }

    /// Returns the attack with this name.
    public static func named(_ name: String) -> Attack? { Self.all.first { $0.name == name } }
}
