import AsyncSockets

/// Answers the requests that arrive at one socket. Confined to the socket's loop.
final class STUNResponder: EventHandler {
    /// Full batches that are taken in one tick, so that a flood leaves the loop's other sockets their turn.
    private static let batchesPerTick = 4

    private let socket: UDPSocket
    private let batch: DatagramBatch
    private let tally: STUNTally

    /// `batch` may be shared with other responders of the loop.
    init(socket: UDPSocket, batch: DatagramBatch, tally: STUNTally) {
        self.socket = socket
        self.batch = batch
        self.tally = tally
    }

    func handle(events: UInt32) {
        var counters = STUNCounters()
        for _ in 0..<Self.batchesPerTick {
            switch self.socket.receive(into: self.batch) {
            case .datagrams: self.answerBatch(&counters)
            case .failed: counters.readErrors += 1
            case .wouldBlock: break
            }
            if self.batch.count < self.batch.capacity { break }
        }
        self.tally.add(counters)
    }

    private func answerBatch(_ counters: inout STUNCounters) {
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
        counters.writeErrors += UInt64(self.socket.sendReplies(of: self.batch))
    }
}
