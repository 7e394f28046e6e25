/// Contestants that are measured in turns, A B A B, and compared. The first contestant is judged.
public struct Trial: Sendable {
    public let name: String
    public let contestants: [Contestant]
    /// How often each contestant is measured.
    public var rounds = 3
    public var isTLS = true
    /// How many processors of its own a server gets, if there are more; `nil` for as many as in the other trials.
    public var serverProcessors: Int?
    /// Whether servers and generator share all processors instead of having their own.
    public var isShared = false

    public init(_ name: String, _ contestants: [Contestant]) {
        self.name = name
        self.contestants = contestants
    }

    /// Makes a trial with the same load for all servers that can serve it.
    public init(_ name: String, _ scenario: Scenario, _ servers: [ServerRecipe]) {
        let able = servers.filter { $0.kind == .server || scenario.isForPairs }
        self.init(
            name,
            able.enumerated().map { Contestant($0.offset == 0 ? .subject : $0.element.role, $0.element, scenario) }
        )
    }
}

extension ServerRecipe {
    /// The role of this server beside the one that is judged.
    fileprivate var role: Contestant.Role {
        switch self.kind {
        case .server: .other
        case .limit: .limit
        case .proxy: .proxy
        }
    }
}
