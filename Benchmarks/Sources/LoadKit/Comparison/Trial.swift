/// What is measured in turns, A B A B, and held against each other. The first contestant is judged.
public struct Trial: Sendable {
    public let name: String
    public let contestants: [Contestant]
    /// How often each contestant has its turn.
    public var rounds = 3
    public var isTLS = true
    /// How many processors a server is to have of its own, where there are more; otherwise as in the other trials.
    public var serverProcessors: Int?
    /// Whether servers and generator share all processors, instead of having their own.
    public var isShared = false

    public init(_ name: String, _ contestants: [Contestant]) {
        self.name = name
        self.contestants = contestants
    }

    /// The same work for all servers that can do it.
    public init(_ name: String, _ scenario: Scenario, _ servers: [ServerRecipe]) {
        let able = servers.filter { $0.kind == .server || scenario.isForPairs }
        self.init(
            name,
            able.enumerated().map { Contestant($0.offset == 0 ? .subject : $0.element.role, $0.element, scenario) }
        )
    }
}

extension ServerRecipe {
    /// What it is to a server that is judged beside it.
    fileprivate var role: Contestant.Role {
        switch self.kind {
        case .server: .other
        case .limit: .limit
        case .proxy: .proxy
        }
    }
}
