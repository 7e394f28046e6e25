import AsyncSockets
import FoundationEssentials

/// Counts a server's allocations per relayed packet. It relays N packets, then ten times as many, and counts only the
/// second part. So logins and growing buffers don't count.
public struct AllocationLoad: Sendable {
    /// The load: its pairs and sizes, in a closed loop.
    public var load = RelayLoad()
    /// N: the packets of each pair.
    public var packets: UInt64 = 10_000

    public init() {}

    /// Runs the measurement.
    ///
    /// - Parameters:
    ///   - recipe: A server that uses glibc's allocator.
    ///   - library: The path of libMallocCount.so.
    public func run(_ recipe: ServerRecipe, library: String, isTLS: Bool, group: IOLoopGroup) async throws -> Report {
        guard FileManager.default.fileExists(atPath: library) else { throw LoadError("\(library) is missing") }
        let server = try recipe.start(
            on: 0,
            environment: ["LD_PRELOAD": library, "MALLOC_COUNT": "{dir}/\(Self.file)"]
        )
        do {
            let target = try server.target(isTLS: isTLS)
            _ = try await server.waitUntilReady(target, group)
            let report = try await self.measure(target, group) { Self.count(in: server.directory) }
            await server.stop()
            return report
        } catch {
            await server.stop()
            throw error
        }
    }

    private static let file = "malloc-count"

    private static func count(in directory: String) -> UInt64? {
        guard let data = FileManager.default.contents(atPath: directory + "/" + Self.file), data.count == 8 else {
            return nil
        }
        return Array(data).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    }

    private func measure(_ target: Target, _ group: IOLoopGroup, count: () -> UInt64?) async throws -> Report {
        var report = Report("allocations per packet, \(self.load.title)")
        let traffic = try await self.load.prepare(target, group: group)
        try await self.relay(self.packets, traffic)
        let begin = count()
        try await self.relay(self.packets * 10, traffic)
        guard let begin, let end = count() else { throw LoadError("the server doesn't use glibc's allocator") }
        var relayed: UInt64 = 0
        for part in traffic {
            let (tally, faults) = await part.loop.run { (part.tally(of: .load), part.faults) }
            relayed += tally.received
            report.faults = report.faults + faults
            await part.loop.run { part.close() }
        }
        let measured = Double(relayed) * 10 / 11
        report.add("packets", measured)
        report.add("allocations", Double(end - begin), "", .lower)
        report.add("allocations per 1000 packets", Double(end - begin) / measured * 1000, "", .lower)
        return report
    }

    /// Lets each flow send `packets` packets, and waits until all have arrived.
    private func relay(_ packets: UInt64, _ traffic: [Traffic]) async throws {
        for part in traffic { await part.loop.run { part.allow(packets) } }
        var silence = 0
        var last: UInt64 = 0
        while true {
            var missing: UInt64 = 0
            for part in traffic { missing += await part.loop.run { part.outstanding } }
            guard missing > 0 else { return }
            silence = missing == last ? silence + 1 : 0
            guard silence < 200 else { throw LoadError("\(missing) packets don't come") }
            last = missing
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
