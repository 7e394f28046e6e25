/// Leaves out what isn't needed for a story to fail.
package struct Shrinker {
    private let player: Player
    private let seed: UInt64
    private let events: [Story.Event]
    private let end: ContinuousClock.Instant
    private var kept: [Int]
    /// How the whole story fails.
    private let failure: Player.Play

    /// - Parameters:
    ///   - failure: How the whole story fails.
    ///   - end: When to stop looking.
    package init(
        _ player: Player,
        seed: UInt64,
        story: Story,
        failure: Player.Play,
        until end: ContinuousClock.Instant
    ) {
        self.failure = failure
        self.player = player
        self.seed = seed
        self.events = story.events
        self.end = end
        self.kept = Array(story.events.indices)
    }

    /// Returns the numbers of the events that are left.
    package mutating func shrink() throws -> [Int] {
        if let time = self.failure.firstViolation { try self.cut(after: time) }
        try self.leaveOut(groups: self.groups { [$0.deed.kind] })
        try self.leaveOut(groups: self.groups { $0.deed.clients.map(String.init) })
        try self.leaveOut(groups: self.kept.map { [$0] })
        return self.kept
    }

    /// What is done after the failure can't be its cause.
    private mutating func cut(after time: Double) throws {
        let rest = self.kept.filter { Double(self.events[$0].time) / 1e9 > time }
        _ = try self.leaveOut(rest)
    }

    /// The kept events that have something in common, by that. An event may be in several groups.
    private func groups(by names: (Story.Event) -> [String]) -> [[Int]] {
        var groups: [String: [Int]] = [:]
        for index in self.kept { for name in names(self.events[index]) { groups[name, default: []].append(index) } }
        return groups.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Leaves out as many groups as possible: first many at once, then fewer.
    private mutating func leaveOut(groups: [[Int]]) throws {
        var groups = groups
        var size = max(1, groups.count / 2)
        while !groups.isEmpty, ContinuousClock.now < self.end {
            var start = 0
            while start < groups.count, ContinuousClock.now < self.end {
                let part = start..<min(start + size, groups.count)
                if try self.leaveOut(Array(groups[part].joined())) {
                    groups.removeSubrange(part)
                } else {
                    start += size
                }
            }
            guard size > 1 else { return }
            size /= 2
        }
    }

    /// Leaves events out if the story still breaks the same rule then, and returns whether it does.
    private mutating func leaveOut(_ events: [Int]) throws -> Bool {
        let without = Set(events)
        let fewer = self.kept.filter { !without.contains($0) }
        guard fewer.count < self.kept.count, !fewer.isEmpty else { return fewer.count == self.kept.count }
        let play = try self.player.play(seed: self.seed, events: fewer, isBrief: true)
        guard play.fails(like: self.failure) else { return false }
        self.kept = fewer
        return true
    }
}
