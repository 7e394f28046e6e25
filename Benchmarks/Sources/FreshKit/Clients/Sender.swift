import CLoad
@_spi(Benchmarks) import DERPKit
import LoadKit
import Synchronization

/// Sends one flow to a receiver, one packet per write. A packet's time is that of its write.
// @unchecked: what it sent is only touched by the thread that runs it, and read after that has ended.
final class Sender: @unchecked Sendable {
    private let connection: StockConnection
    private let destination: NodePublicKey
    private let flow: Int
    private let plan: FlowPlan
    private let isStopped = Atomic(false)
    /// When each packet was sent, by its sequence number.
    private(set) var sent: [UInt64] = []
    private(set) var isBroken = false

    /// How long a sender that is behind its pace may take to catch up: this much work at once, in nanoseconds.
    private static let arrears: UInt64 = 5_000_000
    /// The shortest sleep, in nanoseconds: a fast sender sends several packets after each.
    private static let nap: UInt64 = 500_000

    init(_ plan: FlowPlan, flow: Int, over connection: StockConnection, to destination: NodePublicKey) {
        self.plan = plan
        self.flow = flow
        self.connection = connection
        self.destination = destination
    }

    var key: NodePublicKey { self.connection.key }

    func stop() { self.isStopped.store(true, ordering: .relaxed) }

    /// Sends until ``stop()`` is called.
    ///
    /// - Parameter begin: When the first flow begins.
    func run(from begin: UInt64) {
        let head = FrameHeader.byteCount + NodePublicKey.byteCount
        let frame = UnsafeMutableRawBufferPointer.allocate(byteCount: head + self.plan.size, alignment: 8)
        defer { frame.deallocate() }
        guard let start = frame.baseAddress else { return }
        FrameHeader(type: .sendPacket, payloadCount: UInt32(frame.count - FrameHeader.byteCount)).store(to: start)
        self.destination.store(to: start + FrameHeader.byteCount)
        var due = begin + self.plan.start
        cload_sleep_until(due)
        while !self.isStopped.load(ordering: .relaxed) {
            var now = cload_now()
            if now < due {
                cload_sleep_until(max(due, now + Self.nap))
                now = cload_now()
            }
            TestPacket.write(
                self.plan.kind,
                flow: self.flow,
                size: self.plan.size,
                sequence: UInt64(self.sent.count),
                time: now,
                to: start + head
            )
            self.sent.append(now)
            guard self.connection.send(UnsafeRawBufferPointer(frame)) else {
                self.isBroken = true
                return
            }
            due = self.plan.interval == 0 ? 0 : max(due + self.plan.interval, now &- Self.arrears)
        }
    }
}
