import CLoad
import Glibc
import Synchronization

/// A program that carries IP packets between two TUN interfaces, each a fixed time after it came, in order.
// @unchecked: the account is only touched by the thread until stop() has waited for its end.
final class DelayLine: @unchecked Sendable {
    struct Account: Hashable, Sendable {
        /// How much too late the latest packet left, in nanoseconds.
        var worstLateness: UInt64 = 0
        /// Packets that didn't fit into the queues. There must be none.
        var dropped: UInt64 = 0
        var carried: UInt64 = 0
        /// Whether the thread ran before all ordinary threads.
        var isPrivileged = true
    }

    /// How many packets can be on their way in one direction: 12 MB, which is a second at 100 Mbit/s.
    private static let capacity = 8192
    /// How many packets are read from one interface before those that are due leave.
    private static let batch = 32

    private let near: Int32
    private let far: Int32
    private let delay: UInt64
    private let isStopped = Atomic(false)
    private var account = Account()
    private var worker: Worker?

    /// Starts to carry packets. Takes over the descriptors.
    ///
    /// - Parameter delay: The delay in each direction, in nanoseconds.
    init(_ near: Int32, _ far: Int32, delay: UInt64) throws {
        self.near = near
        self.far = far
        self.delay = delay
        self.worker = try Worker { [unowned self] in self.carry() }
    }

    /// Ends the thread and returns how it did.
    func stop() -> Account {
        self.isStopped.store(true, ordering: .releasing)
        self.worker?.join()
        self.worker = nil
        return self.account
    }

    /// Removes both interfaces.
    func close() {
        Glibc.close(self.near)
        Glibc.close(self.far)
    }

    private func carry() {
        self.account.isPrivileged = cload_hurry() == 0
        var there = DelayQueue(capacity: Self.capacity)
        var back = DelayQueue(capacity: Self.capacity)
        while !self.isStopped.load(ordering: .acquiring) {
            let isBusy = self.take(from: self.near, &there)
            let isBusyToo = self.take(from: self.far, &back)
            self.deliver(&there, to: self.far)
            self.deliver(&back, to: self.near)
            if isBusy || isBusyToo { continue }
            let due = min(there.due ?? .max, back.due ?? .max, cload_now() + 50_000_000)
            _ = cload_wait_readable(self.near, self.far, due)
        }
    }

    /// Reads packets, and returns whether there may be more.
    private func take(from source: Int32, _ queue: inout DelayQueue) -> Bool {
        for _ in 0..<Self.batch {
            guard let room = queue.room else {
                withUnsafeTemporaryAllocation(byteCount: DelayQueue.packetSize, alignment: 1) {
                    if read(source, $0.baseAddress, $0.count) > 0 { self.account.dropped += 1 }
                }
                return false
            }
            let count = read(source, room.baseAddress, room.count)
            guard count > 0 else { return false }
            queue.append(count: count, due: cload_now() + self.delay)
        }
        return true
    }

    private func deliver(_ queue: inout DelayQueue, to destination: Int32) {
        while let due = queue.due {
            let now = cload_now()
            guard due <= now else { return }
            let packet = queue.first
            if write(destination, packet.baseAddress, packet.count) == packet.count {
                self.account.carried += 1
            } else {
                self.account.dropped += 1
            }
            self.account.worstLateness = max(self.account.worstLateness, now - due)
            queue.removeFirst()
        }
    }
}
