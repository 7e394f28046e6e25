import Glibc

extension TCPStream {
    /// Ends the stream so that the peer can read what was sent. Tells the peer, then discards what the peer still sends
    /// until it closes too, within `time` and ``discardLimit``. (Closing with unread bytes would send a reset.) A peer
    /// whose time was up is told too, but not waited for.
    public func finish(within time: Duration = .seconds(1), isolation: isolated (any Actor)? = #isolation) async {
        self.loop.requireCurrent("A TCPStream")
        defer { self.close() }
        self.setDeadline(time)
        while !self.unsent.isEmpty, self.failure == nil { await self.waitUntilWritable() }
        guard self.isOpen, self.failure.map({ [.tls, .timeout].contains($0.code) }) ?? true else { return }
        if let layer = self.layer {
            var output = SealedOutput(self.loop.buffers.sealed)
            layer.close(output: &output)
            if output.count > 0 { self.sendSealed(output.filled) }
        }
        shutdown(self.descriptor, Int32(SHUT_WR))
        self.layer = nil
        self.dropUnopened()
        var left = Self.discardLimit
        while left > 0 {
            switch self.receiveSealed() {
            case .bytes(let bytes): left -= bytes.count
            case .wouldBlock:
                await self.waitUntilReadable()
                if self.failure != nil { return }
            case .closed, .failed: return
            }
        }
    }

    /// The maximum that is read and discarded while waiting for a peer to close, in bytes.
    private static let discardLimit = 1 << 20
}
