/// The result of `GET /generate_204` over plain HTTP.
struct CaptivePortalEvidence: Hashable, Sendable {
    let status: Int
    /// Whether the answer proves that it comes from the relay and not from a network in between.
    let answersChallenge: Bool
}
