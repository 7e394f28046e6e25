import CAsyncSockets
import Glibc

/// What came of reading once.
public enum ReceiveResult {
    /// These bytes; none when a record is not whole yet. Valid until anything else is received on the loop.
    case bytes(UnsafeRawBufferPointer)
    /// Nothing is there now.
    case wouldBlock
    /// The peer sends nothing more.
    case closed
    /// The stream failed, as its `failure` says.
    case failed
}

extension TCPStream {
    /// Reads once, at most `limit` (1 or more) bytes from the network, and opens what was read.
    public func receive(atMost limit: Int = .max) -> ReceiveResult {
        guard self.failure == nil else { return .failed }
        if let layer = self.layer, !self.unopened.isEmpty {
            let bytes = self.unopened.prefix(LoopBuffers.receiveSize)
            // Not removed from the array, which would keep its memory.
            self.unopened = Array(self.unopened.dropFirst(bytes.count))
            return bytes.withUnsafeBytes { self.open($0, with: layer) }
        }
        guard !self.isReadClosed else { return .closed }
        guard let layer = self.layer else { return self.receiveRaw(atMost: limit) }
        switch self.receiveRaw(atMost: limit) {
        case .bytes(let sealed): return self.open(sealed, with: layer)
        case let other: return other
        }
    }

    func receiveRaw(atMost limit: Int = .max) -> ReceiveResult {
        // The descriptor's number may be another connection's by now.
        guard self.isOpen else { return .failed }
        guard self.isReadReady else { return .wouldBlock }
        let buffer = self.loop.buffers.received
        let room = min(buffer.count, limit)
        let count = recv(self.descriptor, buffer.baseAddress, room, 0)
        if count > 0 {
            self.receivedByteCount += UInt64(count)
            // Fewer than asked for: nothing is left, and what comes later is a new edge.
            if count < room, !self.sawHangup { self.isReadReady = false }
            return .bytes(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        if count == 0 { return .closed }
        switch errno {
        case EAGAIN, EINTR:
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
