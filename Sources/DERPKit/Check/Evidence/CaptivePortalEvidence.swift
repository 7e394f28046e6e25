/// What came of `GET /generate_204` over plain HTTP.
struct CaptivePortalEvidence: Hashable, Sendable {
    let status: Int
    /// Whether the answer proves that the relay itself gave it, and no network in between.
    let answersChallenge: Bool
}
