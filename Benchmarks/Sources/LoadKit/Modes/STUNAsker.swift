import AsyncSockets
import CLoad
import STUNKit

/// A socket that sends requests, and sends another whenever an answer arrives.
// @unchecked: confined to `loop`.
final class STUNAsker: @unchecked Sendable {
    let loop: IOLoop
    private(set) var answers: UInt64 = 0
    private(set) var lost: UInt64 = 0
    /// The number of wrong answers.
    private(set) var corrupt: UInt64 = 0
    private(set) var latencies = LatencyHistogram.latencies()

    private let socket: UDPSocket
    private let batch: DatagramBatch
    /// The open requests and their times.
    private var pending: [STUNTransactionID: UInt64] = [:]
    private let window: Int
    private var watch: LoopTimer?
    private var counter: UInt64 = 0

    init(server: IPEndpoint, window: Int, loop: IOLoop) throws {
        self.loop = loop
        self.window = min(max(window, 1), 64)
        self.batch = DatagramBatch(capacity: self.window)
        self.socket = try UDPSocket.connect(to: server)
    }

    func start() throws {
        try self.socket.attach(to: self.loop, handler: self)
        let watch = LoopTimer(on: self.loop) { [unowned self] in self.replaceLost() }
        self.watch = watch
        self.ask(count: self.window)
        watch.schedule(at: self.loop.now + Self.patience)
    }

    func stop() {
        self.watch?.cancel()
        self.socket.detach()
    }

    /// How long until a request counts as lost, in nanoseconds.
    private static let patience: UInt64 = 500_000_000

    private func nextID() -> STUNTransactionID {
        self.counter += 1
        let bytes = (0..<12).map {
            $0 < 4 ? UInt8($0) : UInt8(truncatingIfNeeded: self.counter >> (8 * UInt64($0 - 4)))
        }
        return STUNTransactionID(bytes: bytes) ?? .random()
    }

    private func ask(count: Int) {
        withUnsafeTemporaryAllocation(byteCount: STUNRequest.size, alignment: 8) { buffer in
            for _ in 0..<count {
                let id = self.nextID()
                STUNRequest(transactionID: id).write(to: buffer)
                self.pending[id] = cload_now()
                _ = self.socket.send(UnsafeRawBufferPointer(buffer))
            }
        }
    }

    private func replaceLost() {
        let now = cload_now()
        let old = self.pending.filter { $0.value + Self.patience <= now }
        for id in old.keys { self.pending[id] = nil }
        self.lost += UInt64(old.count)
        self.ask(count: old.count)
        self.watch?.schedule(at: self.loop.now + Self.patience / 4)
    }
}

extension STUNAsker: EventHandler {
    func handle(events: UInt32) {
        guard self.socket.receive(into: self.batch) == .datagrams else { return }
        let now = cload_now()
        for index in 0..<self.batch.count {
            guard let answer = STUNResponse(parsing: self.batch.payload(index)),
                answer.mappedAddress == self.socket.localAddress
            else {
                self.corrupt += 1
                continue
            }
            // The request of a late answer already counts as lost.
            guard let begin = self.pending.removeValue(forKey: answer.transactionID) else { continue }
            self.answers += 1
            _ = self.latencies.record(min(now - begin, LatencyHistogram.longest))
            // The next request takes the place of the answer, so that many leave in one system call.
            let id = self.nextID()
            STUNRequest(transactionID: id).write(to: self.batch.slot(index))
            self.pending[id] = now
            self.batch.reply(to: index, size: STUNRequest.size)
        }
        _ = self.socket.sendReplies(of: self.batch)
    }
}
