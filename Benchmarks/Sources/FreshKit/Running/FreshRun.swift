import CLoad
import Glibc
import LoadKit

/// One measurement: a new line, a new server, new clients.
struct FreshRun {
    let recipe: ServerRecipe
    let isTLS: Bool
    let scenario: FreshScenario
    let line: LineSettings
    let settings: RunSettings

    /// For how long the senders go on after the window, so that its last packets meet the same queue, in nanoseconds.
    private static let tail: UInt64 = 300_000_000
    /// How long packets may arrive after the last one was sent, in nanoseconds.
    private static let patience: UInt64 = 4_000_000_000
    /// How long nothing must come for the line to be empty, in nanoseconds.
    private static let silence: UInt64 = 400_000_000

    func measure() throws -> FreshRecord {
        let line = try SlowLine(self.line)
        let server = try FreshServer(self.recipe, isTLS: self.isTLS, in: line.relaySide)
        defer { server.stop() }
        var record = try self.load(line)
        record.delay = try line.close()
        return record
    }

    private func load(_ line: SlowLine) throws -> FreshRecord {
        let isTLS = self.isTLS
        let connect: @Sendable () throws -> StockConnection = {
            try StockConnection(to: SlowLine.relayAddress, FreshServer.port, isTLS: isTLS)
        }
        var record = FreshRecord()
        record.flows = self.settings.flows(self.scenario, on: self.line)
        let receiver = Receiver(try line.receiverSide.run(connect))
        let senders = try record.flows.enumerated().map { index, plan in
            Sender(plan, flow: index, over: try line.relaySide.run(connect), to: receiver.key)
        }
        let watch = SocketWatch(port: FreshServer.port)
        let begin = cload_now() + 20_000_000
        let start = begin + UInt64(self.settings.warmUp * 1e9) + (record.flows.map(\.start).max() ?? 0)
        record.window = start..<start + UInt64(self.settings.seconds * 1e9)
        let pause = self.scenario == .stall ? Receiver.Pause(begin: start, end: start + FreshScenario.pause) : nil
        let keys = senders.map(\.key)

        let reading = try Worker(isPreferred: true) { receiver.run(from: keys, pause: pause) }
        let watching = self.line.rate == nil ? nil : try Worker(in: line.relaySide) { watch.run() }
        let sending = try zip(record.flows, senders).map { plan, sender in
            try Worker(isPreferred: plan.role != .flood) { sender.run(from: begin) }
        }
        try self.follow(line, &record, pause)
        cload_sleep_until(record.window.upperBound + Self.tail)
        for sender in senders { sender.stop() }
        for thread in sending { thread.join() }
        watch.stop()
        watching?.join()
        self.drain(receiver)
        receiver.stop()
        reading.join()

        record.sent = senders.map(\.sent)
        record.brokenSenders = senders.count { $0.isBroken }
        record.arrivals = receiver.arrivals
        record.faults = receiver.faults
        record.resumption = receiver.resumption
        record.samples = watch.samples
        return record
    }

    /// Looks at the line at the window's ends, and at the relay's socket before a pause is over.
    private func follow(_ line: SlowLine, _ record: inout FreshRecord, _ pause: Receiver.Pause?) throws {
        cload_sleep_until(record.window.lowerBound)
        let before = try line.receivedBytes()
        let ticks = MachineUsage.ticks
        if let pause {
            cload_sleep_until(pause.end - 50_000_000)
            record.stalledSocket = try line.relaySide.run { SocketWatch.sample(port: FreshServer.port) }
        }
        cload_sleep_until(record.window.upperBound)
        let after = try line.receivedBytes()
        record.wireRate = Double(after.count - before.count) / (Double(after.time - before.time) / 1e9)
        let later = MachineUsage.ticks
        record.busyShare = Double(later.busy - ticks.busy) / Double(max(later.total - ticks.total, 1))
    }

    /// Waits until nothing comes any more.
    private func drain(_ receiver: Receiver) {
        let end = cload_now() + Self.patience
        while cload_now() < end, cload_now() < max(receiver.latest, end - Self.patience) + Self.silence {
            usleep(20_000)
        }
    }
}
