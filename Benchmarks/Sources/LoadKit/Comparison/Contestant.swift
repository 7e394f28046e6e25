/// One that takes part in a trial: a server, and what is done to it.
public struct Contestant: Sendable {
    /// What its column of figures stands for.
    public enum Role: String, Codable, Hashable, Sendable {
        /// The server that is judged.
        case subject
        /// The same server under other conditions, which the subject is held against.
        case baseline
        /// Another server.
        case other
        /// A relay that reads no frames: see ``ServerRecipe/Kind/limit``.
        case limit
        /// A proxy, which reads no frames either, but is not of our making: see ``ServerRecipe/Kind/proxy``.
        case proxy
    }

    public let name: String
    public let role: Role
    let recipe: ServerRecipe
    let scenario: Scenario

    /// - Parameter name: for the report; without one, the server's.
    public init(_ role: Role, _ recipe: ServerRecipe, _ scenario: Scenario, name: String? = nil) {
        self.name = name ?? recipe.name
        self.role = role
        self.recipe = recipe
        self.scenario = scenario
    }
}
