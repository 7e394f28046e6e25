import Glibc

/// A connection that nobody serves any more, though it is still open. It costs its descriptor and these few bytes: it is on
/// no epoll, and what its peer sends stays in the kernel, which holds little of it, until ``discard()`` throws it away.
package struct MutedSocket: Sendable {
    private let descriptor: Int32
    /// What the peer is to read before the end, as it goes over the wire.
    private let farewell: [UInt8]

    /// - Parameter farewell: ``close(quietly:)`` sends it.
    fileprivate init(descriptor: Int32, farewell: [UInt8]) {
        self.descriptor = descriptor
        self.farewell = farewell
        // Twice this is what the kernel then holds at most of what the peer sends.
        var size: Int32 = 8192
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Throws away what has come, without copying or opening it. False when the peer has closed, or the connection broke.
    package func discard() -> Bool {
        // MSG_TRUNC on TCP: tcp(7). One call takes what the kernel holds, so a peer that floods is not read any faster.
        let count = recv(self.descriptor, nil, 1 << 20, Int32(MSG_TRUNC) | Int32(MSG_DONTWAIT))
        return count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR)
    }

    /// Closes the connection, once.
    ///
    /// - Parameter quietly: whether the peer is gone, or isn't worth a word.
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
    /// Gives the connection up without closing it: the stream is closed for its owner, and the socket goes on by itself.
    ///
    /// - Returns: `nil` when the stream has failed, or something is still to be sent. It is as it was then.
    package func mute() -> MutedSocket? {
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

    /// Whether the process has three quarters of the files open that it may: the kernel gives out the lowest number that is
    /// free, so this connection's tells.
    package var areDescriptorsScarce: Bool { self.isDescriptorBeyond { $0 / 4 * 3 } }

    /// Whether this connection took one of the last few descriptors that the process may have: of 1024 the last 16.
    package var areDescriptorsExhausted: Bool { self.isDescriptorBeyond { $0 - min(max($0 / 64, 8), $0) } }

    private func isDescriptorBeyond(_ bound: (rlim_t) -> rlim_t) -> Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return false }
        return rlim_t(self.descriptor) >= bound(limit.rlim_cur)
    }
}
