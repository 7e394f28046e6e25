import AsyncSockets

/// The smallest test of whether a server works.
enum FirstPacket {
    /// Logs in two clients, and sends one packet from one to the other.
    ///
    /// - Throws: The error of a login, or ``LoadError`` if the packet doesn't arrive within a second.
    static func relay(by target: Target, _ group: IOLoopGroup) async throws {
        var load = RelayLoad()
        load.count = 1
        load.sizes = [100]
        load.pace = .window(1)
        let traffic = try await load.prepare(target, group: group)
        for part in traffic { await part.loop.run { part.allow(1) } }
        let isThere = try await Self.wait(for: traffic)
        for part in traffic { await part.loop.run { part.close() } }
        guard isThere else { throw LoadError("it relays nothing") }
    }

    private static func wait(for traffic: [Traffic]) async throws -> Bool {
        for _ in 0..<10_000 {
            var missing: UInt64 = 0
            for part in traffic { missing += await part.loop.run { part.outstanding } }
            if missing == 0 { return true }
            try await Task.sleep(for: .microseconds(100))
        }
        return false
    }
}
