import CAsyncSockets
import Glibc

/// The result of reading once.
public enum ReceiveResult {
    /// These bytes, or none if a record isn't complete yet. Valid until anything else is received on the loop.
    case bytes(UnsafeRawBufferPointer)
    /// There is nothing to read now, or others on the loop have a turn first.
    case wouldBlock
    /// The peer won't send anything more.
    case closed
    /// The stream failed, as its `failure` says.
    case failed
}

extension TCPStream {
    /// Reads once, at most `limit` (1 or more) bytes from the network, and opens what was read.
    ///
    /// After ``turnBudget`` has been read in a tick of the loop, nothing more is read in this tick. Then the result is
    /// `wouldBlock` too, and ``waitUntilReadable(isolation:)`` gives everybody else a turn. So a reader that reads
    /// until `wouldBlock` and waits can't hold the loop, whatever the peer sends.
    public func receive(atMost limit: Int = .max) -> ReceiveResult {
        self.loop.requireCurrent("A TCPStream")
        guard self.failure == nil else { return .failed }
        let room = min(limit, self.turn.room(on: self))
        guard room > 0 else { return .wouldBlock }
        if let layer = self.layer, !self.unopened.isEmpty {
            self.turn.take(UInt64(min(room, self.unopened.count - self.unopenedStart)))
            return self.openEarly(with: layer, atMost: room)
        }
        let start = self.receivedByteCount
        defer { self.turn.take(self.receivedByteCount - start) }
        return self.receiveUnmetered(atMost: room)
    }

    /// Like ``receive(atMost:)``, for a caller that counts what it reads in a turn.
    package func receiveUnmetered(atMost limit: Int = .max) -> ReceiveResult {
        self.loop.assertCurrent("A TCPStream")
        guard self.failure == nil else { return .failed }
        if let layer = self.layer, !self.unopened.isEmpty {
            return self.openEarly(with: layer, atMost: LoopBuffers.receiveSize)
        }
        guard !self.isReadClosed else { return .closed }
        guard let layer = self.layer else { return self.receiveRaw(atMost: limit) }
        switch self.receiveRaw(atMost: limit) {
        case .bytes(let sealed): return self.open(sealed, with: layer)
        case let other: return other
        }
    }

    /// Reads once, without opening what was read. Like ``receive(atMost:)``, stays within the turn's budget.
    func receiveSealed() -> ReceiveResult {
        self.loop.requireCurrent("A TCPStream")
        let room = self.turn.room(on: self)
        guard room > 0 else { return .wouldBlock }
        let start = self.receivedByteCount
        defer { self.turn.take(self.receivedByteCount - start) }
        return self.receiveRaw(atMost: room)
    }

    /// Opens what arrived before the layer was there. These bytes stay where they are until the last of them has been
    /// opened, so that the rest isn't copied each time.
    private func openEarly(with layer: any StreamLayer, atMost limit: Int) -> ReceiveResult {
        let early = self.unopened
        let start = self.unopenedStart
        let end = min(early.count, start + min(limit, LoopBuffers.receiveSize))
        if end == early.count {
            self.unopened = []
            self.unopenedStart = 0
        } else {
            self.unopenedStart = end
        }
        return early.withUnsafeBytes { self.open(UnsafeRawBufferPointer(rebasing: $0[start..<end]), with: layer) }
    }

    func receiveRaw(atMost limit: Int = .max) -> ReceiveResult {
        // The descriptor's number may be another connection's by now.
        guard self.isOpen else { return .failed }
        guard self.isReadReady else { return .wouldBlock }
        let buffer = self.loop.buffers.received
        let room = min(buffer.count, limit)
        var count: Int
        repeat { count = recv(self.descriptor, buffer.baseAddress, room, 0) } while count < 0 && errno == EINTR
        if count > 0 {
            self.received += UInt64(count)
            // Fewer than asked for: nothing is left, and later bytes are a new edge.
            if count < room, !self.sawHangup { self.isReadReady = false }
            return .bytes(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        if count == 0 { return .closed }
        switch errno {
        case EAGAIN:
            self.isReadReady = false
            return .wouldBlock
        case let number:
            self.fail(SocketError(errno: number, "receive"))
            return .failed
        }
    }

    private func open(_ sealed: UnsafeRawBufferPointer, with layer: any StreamLayer) -> ReceiveResult {
        let plaintext = self.loop.buffers.opened
        var output = SealedOutput(self.loop.buffers.sealed, isDelayed: self.isWriteBlocked)
        let result = layer.open(sealed, into: plaintext, output: &output)
        if output.count > 0 { self.sendSealed(output.filled) }
        if let failure = result.failure { self.fail(SocketError(.tls, failure)) }
        self.isReadClosed = result.isClosed
        if result.count > 0 || !result.isClosed, self.failure == nil {
            return .bytes(UnsafeRawBufferPointer(rebasing: plaintext[..<result.count]))
        }
        return result.isClosed ? .closed : .failed
    }
}
