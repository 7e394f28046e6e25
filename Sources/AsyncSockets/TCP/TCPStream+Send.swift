import CAsyncSockets
import Glibc

extension TCPStream {
    /// Sends as much of `segments` as the kernel takes now, in as few system calls as possible.
    ///
    /// - Returns: How many bytes were taken, from the first on. If that is fewer than there are, the stream is blocked
    ///   (its handler is told when that ends), has failed, or can take more at once in another call.
    public func send(_ segments: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Int {
        self.loop.assertCurrent("A TCPStream")
        guard self.failure == nil, !self.isWriteBlocked else { return 0 }
        guard let layer = self.layer else { return self.sendPlain(segments) }
        var output = SealedOutput(self.loop.buffers.sealed)
        var accepted = 0
        for segment in segments {
            guard let count = layer.seal(segment, output: &output) else {
                self.fail(SocketError(.tls, "encrypt"))
                return accepted
            }
            accepted += count
            if count < segment.count { break }
        }
        if output.count > 0 { self.sendSealed(output.filled) }
        return accepted
    }

    /// Like ``send(_:)``, for one segment.
    public func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        withUnsafePointer(to: bytes) { self.send(UnsafeBufferPointer(start: $0, count: 1)) }
    }

    /// Sends all of `bytes`, and waits for the peer as long as the stream's deadline allows.
    ///
    /// - Throws: ``SocketError`` if the stream fails first.
    public func write(_ bytes: [UInt8], isolation: isolated (any Actor)? = #isolation) async throws(SocketError) {
        self.loop.requireCurrent("A TCPStream")
        var sent = 0
        while true {
            if let failure = self.failure { throw failure }
            let end = min(bytes.count, sent + Self.writeSize)
            sent += bytes.withUnsafeBytes { self.send(UnsafeRawBufferPointer(rebasing: $0[sent..<end])) }
            if sent == bytes.count, self.unsent.isEmpty { return }
            // A peer that reads fast must not hold the loop either.
            if self.isWriteBlocked { await self.waitUntilWritable() } else { await self.loop.nextTick() }
        }
    }

    /// The amount that ``write(_:isolation:)`` sends before others on the loop have a turn, in bytes: what one call
    /// seals.
    private static let writeSize = 64 * 1024

    /// The number of bytes that the peer has not acknowledged yet, including those that the kernel has not sent.
    public var unacknowledgedByteCount: Int {
        var count: Int32 = 0
        return self.isOpen && ioctl(self.descriptor, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : 0
    }

    /// The number of bytes that the peer has acknowledged. Makes a system call.
    public var acknowledgedByteCount: UInt64 { self.sent &- UInt64(self.unacknowledgedByteCount) }

    private func sendPlain(_ segments: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Int {
        let total = segments.reduce(0) { $0 + $1.count }
        guard total > 0 else { return 0 }
        let count =
            if segments.count == 1 {
                Glibc.send(self.descriptor, segments[0].baseAddress, segments[0].count, Self.noSignal)
            } else {
                self.sendVector(segments)
            }
        return self.takeResult(count, of: total)
    }

    private func sendVector(_ segments: UnsafeBufferPointer<UnsafeRawBufferPointer>) -> Int {
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: segments.count) { vector in
            for (index, segment) in segments.enumerated() {
                vector[index] = iovec(
                    iov_base: UnsafeMutableRawPointer(mutating: segment.baseAddress),
                    iov_len: segment.count
                )
            }
            var message = msghdr()
            message.msg_iov = vector.baseAddress
            message.msg_iovlen = vector.count
            return sendmsg(self.descriptor, &message, Self.noSignal)
        }
    }

    /// Sends sealed bytes after those that still wait. What the kernel doesn't take is kept.
    func sendSealed(_ bytes: UnsafeRawBufferPointer) {
        guard self.unsent.isEmpty, !self.isWriteBlocked else {
            guard self.unsent.count + bytes.count <= Self.unsentLimit else {
                self.fail(SocketError(.tls, "the peer asks for more answers than it reads"))
                return
            }
            self.unsent.append(contentsOf: bytes)
            return
        }
        let count = Glibc.send(self.descriptor, bytes.baseAddress, bytes.count, Self.noSignal)
        let sent = self.takeResult(count, of: bytes.count)
        if sent < bytes.count, self.failure == nil {
            self.unsent = Array(bytes[sent...])
            self.unsentStart = 0
        }
    }

    /// Whether there is nothing sealed left to send.
    func flushUnsent() -> Bool {
        guard !self.unsent.isEmpty else { return true }
        let left = self.unsent.count - self.unsentStart
        let count = self.unsent.withUnsafeBytes {
            Glibc.send(self.descriptor, $0.baseAddress! + self.unsentStart, left, Self.noSignal)
        }
        let sent = self.takeResult(count, of: left)
        self.unsentStart += sent
        guard sent == left else { return self.failure != nil }
        self.unsent = []
        self.unsentStart = 0
        return true
    }

    private func takeResult(_ result: Int, of total: Int) -> Int {
        if result > 0 { self.sent &+= UInt64(result) }
        if result >= total { return result }
        if result < 0, errno != EAGAIN, errno != EINTR {
            self.fail(SocketError(errno: errno, "send"))
            return 0
        }
        self.watchWriting(true)
        return max(result, 0)
    }

    /// The maximum that may wait, in bytes: what one call seals, and answers that TLS sends by itself (to
    /// renegotiation, RFC 5246 §7.2.2), of which a peer can provoke any number.
    private static let unsentLimit = 2 * LoopBuffers.sealSize

    private static let noSignal = Int32(MSG_NOSIGNAL)
}
