import CLoad
@_spi(Benchmarks) import DERPKit
import LoadKit
import Synchronization

/// Reads what senders send, and notes when each packet came.
// @unchecked: what came is only touched by the thread that runs it, and read after that has ended.
final class Receiver: @unchecked Sendable {
    /// A time during which the receiver doesn't read, as on the monotonic clock, in nanoseconds.
    struct Pause: Sendable {
        var begin: UInt64
        var end: UInt64
    }

    private let connection: StockConnection
    private let isStopped = Atomic(false)
    private let lastArrival = Atomic<UInt64>(0)
    private var reader = FrameReader()
    private var senders: [NodePublicKey] = []
    /// One more than the highest sequence number of each flow that has come.
    private var next: [UInt64] = []
    private(set) var arrivals: [Arrival] = []
    private(set) var faults = Faults()
    /// The number of bytes read before the pause, and what the kernel held when it was over.
    private(set) var resumption: (position: UInt64, pending: UInt64)?

    init(_ connection: StockConnection) {
        self.connection = connection
        self.arrivals.reserveCapacity(1 << 16)
    }

    var key: NodePublicKey { self.connection.key }

    func stop() { self.isStopped.store(true, ordering: .relaxed) }

    /// When the last packet came.
    var latest: UInt64 { self.lastArrival.load(ordering: .relaxed) }

    /// Reads until ``stop()`` is called.
    ///
    /// - Parameter senders: The key of each flow's sender.
    func run(from senders: [NodePublicKey], pause: Pause? = nil) {
        self.senders = senders
        self.next = [UInt64](repeating: 0, count: senders.count)
        var pause = pause
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
        defer { buffer.deallocate() }
        var isFine = self.connection.early.withUnsafeBytes { self.take($0) }
        while isFine, !self.isStopped.load(ordering: .relaxed) {
            if let current = pause, cload_now() >= current.begin {
                pause = nil
                cload_sleep_until(current.end)
                let pending = max(cload_pending_input(self.connection.descriptor), 0)
                self.resumption = (self.connection.receivedCount, UInt64(pending))
            }
            switch self.connection.receive(into: buffer) {
            case .bytes(let count): isFine = self.take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            case .nothing: continue
            case .ended: isFine = false
            }
        }
        if !isFine { self.faults.disconnected += 1 }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let now = cload_now()
        let position = self.connection.receivedCount
        return self.reader.read(
            bytes,
            judge: { $0.type == .recvPacket ? .take : .skip },
            body: { _, payload in
                self.take(payload, now, position)
                return true
            }
        )
    }

    private func take(_ payload: UnsafeRawBufferPointer, _ now: UInt64, _ position: UInt64) {
        let keyCount = NodePublicKey.byteCount
        guard payload.count > keyCount, let base = payload.baseAddress,
            let (_, stamp) = TestPacket.read(UnsafeRawBufferPointer(rebasing: payload[keyCount...])),
            Int(stamp.flow) < self.senders.count, NodePublicKey(unchecked: base) == self.senders[Int(stamp.flow)]
        else {
            self.faults.corrupt += 1
            return
        }
        let flow = Int(stamp.flow)
        if stamp.sequence < self.next[flow] { self.faults.reordered += 1 }
        self.next[flow] = max(self.next[flow], stamp.sequence + 1)
        self.lastArrival.store(now, ordering: .relaxed)
        self.arrivals.append(
            Arrival(
                flow: flow,
                sequence: stamp.sequence,
                sent: stamp.time,
                arrived: now,
                size: payload.count - keyCount,
                position: position
            )
        )
    }
}
