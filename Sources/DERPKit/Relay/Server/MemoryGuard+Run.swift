import AsyncSockets

extension MemoryGuard {
    /// The number of connections that have to leave at a time.
    private static let step = 64

    /// Checks again and again until the task is cancelled, and makes strangers leave while memory is short.
    func run(over relays: [RelayLoop], gate: ConnectionGate, refusals: RefusalPool) async {
        var isClose = true
        while (try? await Task.sleep(for: isClose ? .milliseconds(250) : .seconds(1))) != nil {
            var queued = 0
            if isClose { for relay in relays { queued += await relay.loop.run { relay.queuedByteCount } } }
            isClose = self.look(now: IOLoop.clock, queued: isClose ? queued : nil)
            guard self.wasShort else { continue }
            gate.makeRoom(Self.step, for: .memory, sparesSingles: false)
            refusals.noteShortage(now: IOLoop.clock)
            for relay in relays { relay.leave(.giveWay(Self.step)) }
        }
    }
}
