/// What a story has besides relays and clients. The seed decides.
package struct StoryFeatures: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// A controller is asked about each client.
    package static let controller = Self(rawValue: 1)
    /// A file lists keys that are refused.
    package static let denyList = Self(rawValue: 2)
    /// A map is fetched from a server, and another is in a file.
    package static let maps = Self(rawValue: 4)
    /// Clients ask for their addresses by STUN.
    package static let datagrams = Self(rawValue: 8)
    /// A node of the mesh, and somebody who has the mesh key, mean no good.
    package static let hostileNodes = Self(rawValue: 16)
    /// Some clients come by WebSocket.
    package static let webSockets = Self(rawValue: 32)
    /// A file limits the clients' rates.
    package static let rates = Self(rawValue: 64)
    /// Packets may wait for as long as it takes, so that queues become full.
    package static let patience = Self(rawValue: 128)
    /// The kernel knows no limit for what it holds unsent.
    package static let oldKernel = Self(rawValue: 256)

    package static func chosen(by seed: UInt64) -> Self {
        var chance = Seeded(~seed)
        // Each in a quarter of the stories, so that many have little besides packets.
        let some = Self(rawValue: Int(chance.next() & chance.next() & 127))
        let others = some.union(chance.next() & 1 == 0 ? [] : .patience)
        return chance.next() & 7 == 0 ? others.union(.oldKernel) : others
    }
}

/// How a service answers.
package enum ServiceMood: Sendable {
    case well
    case slow(milliseconds: Int)
    /// It takes the question, and says nothing.
    case silent
    /// It sends bytes that mean nothing.
    case garbage
    /// It answers with status 500.
    case failing
    /// It ends in the middle of the answer.
    case cut
    /// Its answer has no end.
    case endless
}

/// A service that relays ask.
package enum ServiceKind: Sendable {
    case maps, controller
}
