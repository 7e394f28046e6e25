/// Something that somebody may do to a relay, bounded in time and number, from addresses of his own on loopback.
public struct Attack: Sendable {
    /// Who can do it.
    public enum Stage: String, Sendable, CaseIterable {
        case beforeLogin = "Before login"
        case loggedIn = "Logged in"
        case trusted = "Trusted, but gone bad"
        case machine = "The machine"
    }

    public let name: String
    public let stage: Stage
    /// What it does, in one line.
    public let summary: String
    public let settings: ServerSettings
    /// Why a newcomer may be kept out meanwhile; `nil`: none may be.
    public let newcomersMayFail: String?
    /// How long it takes at least until it can be felt, in seconds.
    public let leastSeconds: Double
    /// What it does before the server starts: it may begin to serve, and behaves until the field has begun.
    let prepare: @Sendable (Field) throws -> Void
    /// The attack itself, until the field is over.
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

    /// One that is a server which ours asks: it acts whenever it is asked.
    ///
    /// - Parameters:
    ///   - serve: what it does on each connection.
    ///   - attack: what the attacker does besides.
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

    /// Finds one by its name.
    public static func named(_ name: String) -> Attack? { Self.all.first { $0.name == name } }
}
