import AsyncSockets
import CLoad
import DERPKit
import LoadKit

/// Runs attacks one after another and measures how they affect other clients.
public struct Siege: Sendable {
    /// The path of the server.
    public var program: String
    /// How long a measurement lasts, in seconds.
    public var seconds: Double
    /// Whether each attack also runs against a copy of the server.
    public var hasControl = true
    /// How long to wait after an attack until memory and descriptors are back, at most, in seconds.
    public var settling = 30.0

    private let group: IOLoopGroup

    public init(program: String, seconds: Double) throws {
        self.program = program
        self.seconds = seconds
        self.group = try IOLoopGroup(count: 2)
    }

    /// Runs one attack.
    public func play(_ attack: Attack) async throws -> SiegeResult {
        let seconds = max(self.seconds, attack.leastSeconds)
        let (loop, other) = (self.group.loops[0], self.group.loops[1])
        let server = try await self.start(attack, seconds, on: other)
        do {
            try await Self.warmUp(server, on: other)
            let bystanders = try await Bystanders(server.target, on: loop)
            _ = try await bystanders.measure(seconds: 0.5)
            var result = SiegeResult(attack)
            result.idle = try await bystanders.measure(seconds: self.seconds)
            if self.hasControl {
                result.control = try await self.control(attack, bystanders, seconds, on: other)
            }
            try await self.attack(server, bystanders, seconds, &result, on: other)
            await bystanders.close()
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    /// Starts a server and its attacker. Tries again if another process took a port meanwhile.
    private func start(_ attack: Attack, _ seconds: Double, on loop: IOLoop) async throws -> SiegedServer {
        for _ in 0..<2 {
            do {
                return try await SiegedServer(attack, program: self.program, seconds: seconds, on: loop)
            } catch let error as SiegeError where error.description.contains("Address already in use") {
                continue
            }
        }
        return try await SiegedServer(attack, program: self.program, seconds: seconds, on: loop)
    }

    /// Makes the server do its first-time work before the measurement.
    private static func warmUp(_ server: SiegedServer, on loop: IOLoop) async throws {
        for index in 0..<64 {
            guard case .failure(let error) = await Newcomers.logIn(to: server.target, index, on: loop) else { continue }
            throw SiegeError("a client can't log in before the attack: \(error)")
        }
    }

    /// Attacks a copy of the server while the bystanders ping through the other one.
    private func control(
        _ attack: Attack,
        _ bystanders: Bystanders,
        _ seconds: Double,
        on loop: IOLoop
    ) async throws -> PingTimes {
        let copy = try await self.start(attack, seconds, on: loop)
        do {
            try copy.begin()
            let times = try await bystanders.measure(seconds: seconds)
            await copy.stop()
            return times
        } catch {
            await copy.stop()
            throw error
        }
    }

    private func attack(
        _ server: SiegedServer,
        _ bystanders: Bystanders,
        _ seconds: Double,
        _ result: inout SiegeResult,
        on loop: IOLoop
    ) async throws {
        let before = ServerUse(of: server.pid)
        let attackerBefore = cload_processor_time(server.attackerPid)
        let watch = PeakWatch(server.pid)
        try server.begin()
        let begin = cload_now()
        let (machine, own) = (MachineUsage.ticks.busy, cload_processor_time(0))
        async let newcomers = Newcomers.come(to: server.target, seconds: seconds, on: loop)
        let attackerWatch = Task { () -> UInt64 in
            try await Task.sleep(for: .seconds(seconds * 0.95))
            return cload_processor_time(server.attackerPid)
        }
        result.during = try await bystanders.measure(seconds: seconds)
        let length = Double(cload_now() - begin) / 1e9
        let over = ServerUse(of: server.pid)
        let busy = (MachineUsage.ticks.busy &- machine) * MachineUsage.nanosecondsPerTick
        let ownTime = cload_processor_time(0) &- own
        result.newcomers = await newcomers
        let attackerTime = try await attackerWatch.value
        result.attackerShare = Double(attackerTime &- attackerBefore) / 1e9 / (seconds * 0.95)
        if over.processorTime > before.processorTime {
            result.serverShare = Double(over.processorTime - before.processorTime) / 1e9 / length
        }
        let known = result.serverShare + result.attackerShare + Double(ownTime) / 1e9 / length
        result.othersShare = max(Double(busy) / 1e9 / length - known, 0)
        result.before = before
        result.account = try await server.account()
        result.hasDied = server.hasEnded
        if !result.hasDied { (result.after, result.settled) = try await self.settle(server, result.goals, before) }
        result.peak = watch.stop()
        result.hasDied = server.hasEnded
        result.endedBystanders = await bystanders.endedConnections()
        if result.hasDied { result.account.notes.append("the server's last words: \(server.logTail)") }
    }

    /// Waits until memory and descriptors are back, or the time is up, and returns them.
    private func settle(
        _ server: SiegedServer,
        _ goals: SiegeGoals,
        _ before: ServerUse
    ) async throws -> (ServerUse, seconds: Double) {
        let begin = cload_now()
        while true {
            let use = ServerUse(of: server.pid)
            let passed = Double(cload_now() - begin) / 1e9
            if goals.isBack(use, before: before) || passed >= self.settling || server.hasEnded { return (use, passed) }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
