/// A participant in a trial: a server, and the load on it.
public struct Contestant: Sendable {
    /// The meaning of the contestant's column of figures.
    public enum Role: String, Codable, Hashable, Sendable {
        /// The server that is judged.
        case subject
        /// The same server under other conditions, which the subject is compared with.
        case baseline
        /// Another server.
        case other
        /// A relay that doesn't read frames: see ``ServerRecipe/Kind/limit``.
        case limit
        /// A proxy, which doesn't read frames either, but isn't ours: see ``ServerRecipe/Kind/proxy``.
        case proxy
    }

    public let name: String
    public let role: Role
    let recipe: ServerRecipe
    let scenario: Scenario

    /// Makes a contestant.
    ///
    /// - Parameter name: The name in the report; by default the server's.
    public init(_ role: Role, _ recipe: ServerRecipe, _ scenario: Scenario, name: String? = nil) {
        self.name = name ?? recipe.name
        self.role = role
        self.recipe = recipe
        self.scenario = scenario
    }
}
