import Glibc

/// A connection that is still open, but that nobody serves any more. It costs its descriptor and these few bytes. It is
/// on no epoll, and what its peer sends stays in the kernel, which holds little of it, until ``discard()`` discards it.
package struct MutedSocket: Sendable {
    private let descriptor: Int32
    /// The bytes that the peer is to read before the end, as they go over the wire.
    private let farewell: [UInt8]

    /// - Parameter farewell: ``close(quietly:)`` sends it.
    fileprivate init(descriptor: Int32, farewell: [UInt8]) {
        self.descriptor = descriptor
        self.farewell = farewell
        // The kernel then holds at most twice this of what the peer sends.
        var size: Int32 = 8192
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Discards what has arrived, without copying or decrypting it. Returns `false` if the peer has closed, or the
    /// connection broke.
    package func discard() -> Bool {
        // MSG_TRUNC on TCP: tcp(7). One call takes what the kernel holds, so a peer that floods isn't read any faster.
        let count = recv(self.descriptor, nil, 1 << 20, Int32(MSG_TRUNC) | Int32(MSG_DONTWAIT))
        return count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR)
    }

    /// Closes the connection, once.
    ///
    /// - Parameter quietly: Whether to close without the farewell, because the peer is gone or isn't worth one.
    package func close(quietly: Bool) {
        if !quietly {
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            _ = send(self.descriptor, self.farewell, self.farewell.count, flags)
            // Closing with unread bytes would send a reset, which may overtake the farewell.
            _ = self.discard()
        }
        Glibc.close(self.descriptor)
    }
}

extension TCPStream {
    /// Gives up the connection without closing it. The stream is closed for its owner, and the socket continues by
    /// itself.
    ///
    /// - Returns: `nil` if the stream has failed, or something is still to be sent. Then the stream is unchanged.
    package func mute() -> MutedSocket? {
        self.loop.requireCurrent("A TCPStream")
        guard self.isOpen, self.failure == nil, !self.isReadClosed, !self.isWriteBlocked, self.unsent.isEmpty else {
            return nil
        }
        var farewell: [UInt8] = []
        if let layer = self.layer {
            var output = SealedOutput(self.loop.buffers.sealed)
            layer.close(output: &output)
            farewell = Array(output.filled)
        }
        guard let descriptor = self.giveUpDescriptor() else { return nil }
        return MutedSocket(descriptor: descriptor, farewell: farewell)
    }

    /// Whether three quarters of the files that the process may open are open. The kernel assigns the lowest free
    /// number, so this connection's number shows it.
    package var areDescriptorsScarce: Bool { self.isDescriptorBeyond { $0 / 4 * 3 } }

    /// Whether this connection took one of the last few descriptors that the process may have: the last 16 of 1024.
    package var areDescriptorsExhausted: Bool { self.isDescriptorBeyond { $0 - min(max($0 / 64, 8), $0) } }

    private func isDescriptorBeyond(_ bound: (rlim_t) -> rlim_t) -> Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return false }
        return rlim_t(self.descriptor) >= bound(limit.rlim_cur)
    }
}
