import CAsyncSockets

/// What the kernel says about sending on a connection (TCP_INFO).
package struct TCPSendingState: Hashable, Sendable {
    /// The number of bytes that the kernel has taken, and not sent yet.
    package var unsentByteCount: Int
    /// How many bytes a second arrived lately. 0: it isn't known, because there was not enough to send.
    package var deliveryRate: UInt64
    /// The number of bytes that the peer has acknowledged.
    package var acknowledgedByteCount: UInt64
    /// How many bytes may be on their way: the congestion window.
    package var windowByteCount: Int
}

extension TCPStream {
    /// What the kernel says about sending. `nil`: the stream is closed, or it isn't TCP. Makes a system call.
    package var sendingState: TCPSendingState? {
        self.loop.assertCurrent("A TCPStream")
        var state = cas_tcp_state()
        guard self.isOpen, cas_tcp_get_state(self.descriptor, &state) == 0 else { return nil }
        return TCPSendingState(
            unsentByteCount: Int(state.unsent),
            deliveryRate: state.delivery_rate,
            acknowledgedByteCount: state.acknowledged,
            windowByteCount: Int(clamping: state.window)
        )
    }

    /// Has the stream count as blocked once `byteCount` bytes wait in the kernel unsent, until fewer than half as many do.
    /// The kernel may take more, up to one segment's worth of offloading (64 KiB). Makes a system call.
    ///
    /// - Returns: Whether the kernel knows such a limit (TCP_NOTSENT_LOWAT, Linux 3.12).
    @discardableResult
    package func setUnsentLimit(_ byteCount: Int) -> Bool {
        self.loop.assertCurrent("A TCPStream")
        return self.isOpen && cas_tcp_set_unsent_limit(self.descriptor, UInt32(clamping: byteCount)) == 0
    }

    /// Takes nothing more until fewer than half as many bytes as ``setUnsentLimit(_:)`` allows wait in the kernel.
    package func awaitRoom() {
        self.loop.assertCurrent("A TCPStream")
        if self.failure == nil { self.watchWriting(true) }
    }
}
