/// Something that must hold, and what was seen of it.
public struct SoakCheck: Hashable, Sendable {
    /// What must hold.
    public let rule: String
    /// What was measured.
    public let seen: String
    public let holds: Bool

    init(_ rule: String, _ seen: String, _ holds: Bool) {
        self.rule = rule
        self.seen = seen
        self.holds = holds
    }
}
