import AsyncSockets

/// Answers the requests that arrive at one socket, when the loop has time for strangers. Confined to the socket's loop.
final class STUNResponder: EventHandler, BudgetedHandler {
    private unowned let loop: IOLoop
    /// `nil` once the responder has stopped.
    private var socket: UDPSocket?
    private let batch: DatagramBatch
    private let tally: STUNTally
    private var isTurnRequested = false

    /// Makes a responder. `batch` may be shared with other responders of the loop.
    init(socket: UDPSocket, batch: DatagramBatch, tally: STUNTally, loop: IOLoop) {
        self.loop = loop
        self.socket = socket
        self.batch = batch
        self.tally = tally
    }

    func handle(events: UInt32) {
        guard !self.isTurnRequested else { return }
        self.isTurnRequested = true
        self.loop.requestTurn(for: self)
    }

    /// Answers one batch. If more datagrams wait, the loop reports the socket again.
    func takeTurn() {
        self.isTurnRequested = false
        guard let socket else { return }
        var counters = STUNCounters()
        switch socket.receive(into: self.batch) {
        case .datagrams: self.answerBatch(from: socket, &counters)
        case .failed: counters.readErrors += 1
        case .wouldBlock: break
        }
        self.tally.add(counters)
    }

    /// Stops answering. A turn may still be due.
    func stop() {
        self.socket?.detach()
        self.socket = nil
    }

    private func answerBatch(from socket: UDPSocket, _ counters: inout STUNCounters) {
        for index in 0..<self.batch.count {
            switch STUNRequest.parse(self.batch.payload(index)) {
            case .request(let request):
                guard !self.batch.isTruncated(index), let peer = self.batch.peer(index) else {
                    counters.refused += 1
                    continue
                }
                let response = STUNResponse(transactionID: request.transactionID, mappedAddress: peer)
                self.batch.reply(to: index, size: response.write(to: self.batch.slot(index)))
                if response.mappedAddress.ip.family == .ipv4 {
                    counters.requestsIPv4 += 1
                } else {
                    counters.requestsIPv6 += 1
                }
            case .refused:
                counters.refused += 1
            case .notSTUN:
                counters.notSTUN += 1
            }
        }
        counters.writeErrors += UInt64(socket.sendReplies(of: self.batch))
    }
}
