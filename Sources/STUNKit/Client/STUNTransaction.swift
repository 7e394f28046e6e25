import AsyncSockets
import Glibc

/// One request and the wait for its response, pinned to a loop.
actor STUNTransaction: EventHandler {
    nonisolated let loop: IOLoop
    private let server: IPEndpoint
    private let request: STUNRequest
    private let socket: UDPSocket
    private let batch = DatagramBatch(capacity: 4)
    private let clock = ContinuousClock()

    private var retriesLeft: Int
    /// The wait before the next retransmission. RFC 8489 §6.2.1 starts with 500 ms and doubles it each time.
    private var interval: Duration = .milliseconds(500)
    private var transmissions = 0
    private var firstSent: ContinuousClock.Instant
    private var retransmission: LoopTimer?
    private var deadline: LoopTimer?
    private var waiter: CheckedContinuation<Result<STUNMapping, SocketError>, Never>?

    init(_ request: STUNRequest, to server: IPEndpoint, retries: Int, on loop: IOLoop) throws(SocketError) {
        self.socket = try UDPSocket.connect(to: server)
        self.request = request
        self.server = server
        self.retriesLeft = max(retries, 0)
        self.loop = loop
        self.firstSent = self.clock.now
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { self.loop.asUnownedSerialExecutor() }

    /// Sends the request and waits for the end. Call it only once.
    func run(timeout: Duration) async throws(SocketError) -> STUNMapping {
        // From here on, a cancellation calls ``cancel()``, which runs after the waiter has been set.
        guard !Task.isCancelled else { throw self.cancellation }
        try self.socket.attach(to: self.loop, handler: self)
        self.retransmission = LoopTimer(on: self.loop) { [unowned self] in self.assumeIsolated { $0.transmit() } }
        self.deadline = LoopTimer(on: self.loop) { [unowned self] in self.assumeIsolated { $0.expire() } }
        let result = await withCheckedContinuation { waiter in
            self.waiter = waiter
            self.deadline?.schedule(at: self.loop.now + timeout.nanoseconds)
            self.firstSent = self.clock.now
            self.transmit()
        }
        return try result.get()
    }

    func cancel() {
        self.finish(.failure(self.cancellation))
    }

    private var cancellation: SocketError {
        SocketError(.cancelled, "asking STUN server \(self.server) was cancelled")
    }

    nonisolated func handle(events: UInt32) {
        self.assumeIsolated { $0.receive() }
    }

    private func transmit() {
        self.transmissions += 1
        if self.retriesLeft > 0 {
            self.retriesLeft -= 1
            self.retransmission?.schedule(at: self.loop.now + self.interval.nanoseconds)
            self.interval *= 2
        }
        let error = withUnsafeTemporaryAllocation(byteCount: STUNRequest.size, alignment: 8) { buffer in
            self.request.write(to: buffer)
            return self.socket.send(UnsafeRawBufferPointer(buffer))
        }
        // If the machine's own queues have no room, the request is lost, as it may be anywhere on its way.
        if error != 0, error != EAGAIN, error != ENOBUFS { self.fail(error) }
    }

    private func receive() {
        switch self.socket.receive(into: self.batch) {
        case .datagrams: self.findResponse()
        case .failed(let error): self.fail(error)
        case .wouldBlock: break
        }
    }

    private func findResponse() {
        let elapsed = self.firstSent.duration(to: self.clock.now)
        for index in 0..<self.batch.count where !self.batch.isTruncated(index) {
            guard let response = STUNResponse(parsing: self.batch.payload(index)),
                response.transactionID == self.request.transactionID
            else { continue }
            let mapping = STUNMapping(
                mappedAddress: response.mappedAddress,
                roundTripTime: elapsed,
                transmissions: self.transmissions
            )
            self.finish(.success(mapping))
            return
        }
    }

    private func expire() {
        self.finish(.failure(SocketError(.timeout, "no STUN response from \(self.server)")))
    }

    private func fail(_ number: Int32) {
        self.finish(.failure(SocketError(errno: number, "ask STUN server \(self.server)")))
    }

    private func finish(_ result: Result<STUNMapping, SocketError>) {
        self.retransmission?.cancel()
        self.deadline?.cancel()
        self.socket.detach()
        self.waiter?.resume(returning: result)
        self.waiter = nil
    }
}
