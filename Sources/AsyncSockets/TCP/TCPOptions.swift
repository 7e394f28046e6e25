import CAsyncSockets
import Glibc

/// How the kernel treats a TCP connection. Set on a listening socket, from which accepted connections inherit it.
public struct TCPOptions: Hashable, Sendable {
    /// The time that a silent connection is left alone before the peer is probed (RFC 9293 §3.8.4). Zero means forever.
    public var keepAliveTime: Duration
    /// The time that sent data may stay unacknowledged (RFC 5482). Zero means the kernel's default.
    public var userTimeout: Duration
    /// The number of unsent bytes from which on the kernel takes no more (TCP_NOTSENT_LOWAT). `nil`: only the size of its
    /// buffer counts, which may be megabytes.
    public var unsentLimit: Int?

    public init(keepAliveTime: Duration = .zero, userTimeout: Duration = .zero, unsentLimit: Int? = nil) {
        self.keepAliveTime = keepAliveTime
        self.userTimeout = userTimeout
        self.unsentLimit = unsentLimit
    }

    func apply(to descriptor: Int32) {
        Self.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        if self.keepAliveTime > .zero {
            Self.set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
            Self.set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE, self.keepAliveTime.nanoseconds / 1_000_000_000)
        }
        if self.userTimeout > .zero {
            Self.set(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, self.userTimeout.nanoseconds / 1_000_000)
        }
        if let unsentLimit = self.unsentLimit {
            _ = cas_tcp_set_unsent_limit(descriptor, UInt32(clamping: unsentLimit))
        }
    }

    /// Sets them for a connection that exists. It may have ended; then nothing changes.
    package func apply(to stream: TCPStream) {
        stream.loop.requireCurrent("A TCPStream")
        if stream.isOpen { self.apply(to: stream.descriptor) }
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: UInt64) {
        var value = Int32(clamping: max(value, 1))
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}
