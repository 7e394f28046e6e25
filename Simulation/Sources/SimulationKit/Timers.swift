import CSimulatedSystem

/// What is to be done at times.
@MainActor
final class Timers {
    private var actions: [UInt64: () throws -> Void] = [:]
    private var count: UInt64 = 0

    /// - Parameter time: In nanoseconds of simulated time.
    func at(_ time: UInt64, _ action: @escaping () throws -> Void) {
        self.actions[self.count] = action
        csim_set_timer(time, self.count)
        self.count += 1
    }

    func after(_ nanoseconds: UInt64, _ action: @escaping () throws -> Void) {
        self.at(csim_now() + nanoseconds, action)
    }

    func fire(_ number: UInt64) throws { try self.actions.removeValue(forKey: number)?() }
}
