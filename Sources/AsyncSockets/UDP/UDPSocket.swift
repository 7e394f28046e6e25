import CAsyncSockets
import Glibc

/// A non-blocking UDP socket, closed when it is released.
///
/// It can be made and bound anywhere. After it is attached to a loop, use it only there.
// @unchecked: `attachment` is confined to the loop; everything else is immutable.
public final class UDPSocket: @unchecked Sendable {
    /// The result of an attempt to receive. None of these ends the socket.
    public enum Reception: Hashable, Sendable {
        /// At least one datagram; fewer than fit means that no more are waiting.
        case datagrams
        /// Nothing is waiting.
        case wouldBlock
        /// An error (errno) that was waiting on the socket, such as an ICMP answer to something sent before.
        case failed(Int32)
    }

    /// The address to which the socket is bound, with the port that the kernel chose.
    public let localAddress: IPEndpoint

    let descriptor: Int32
    private var attachment: (loop: IOLoop, token: UInt64)?

    /// Takes over an open `descriptor`, which is closed in any case.
    init(descriptor: Int32) throws(SocketError) {
        guard let address = ListeningSocket.localAddress(of: descriptor) else {
            let error = SocketError(errno: errno, "learn the address of a UDP socket")
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.localAddress = address
    }

    deinit {
        close(self.descriptor)
    }
}

// MARK: On the loop (confined)

extension UDPSocket {
    /// Calls `handler` in every tick of `loop` in which something can be received, until ``detach()``.
    ///
    /// Level-triggered: a handler that leaves datagrams behind is called again in the next tick.
    public func attach(to loop: IOLoop, handler: any EventHandler) throws(SocketError) {
        precondition(self.attachment == nil, "a socket is attached once")
        let token = try loop.register(
            self.descriptor,
            events: UInt32(CAS_READABLE),
            edgeTriggered: false,
            handler: handler
        )
        self.attachment = (loop, token)
    }

    /// Ends what ``attach(to:handler:)`` started.
    public func detach() {
        guard let (loop, token) = self.attachment else { return }
        self.attachment = nil
        loop.deregister(self.descriptor, token: token)
    }

    /// Receives as many datagrams as are there and fit.
    public func receive(into batch: DatagramBatch) -> Reception {
        self.attachment?.loop.requireCurrent("A UDPSocket")
        batch.prepareToReceive()
        while true {
            let count = cas_udp_receive(self.descriptor, batch.incoming, UInt32(batch.capacity))
            if count > 0 {
                batch.received(Int(count))
                self.attachment?.loop.datagramCount += Int(count)
                return .datagrams
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            default: return .failed(errno)
            }
        }
    }

    /// Sends the replies of `batch`. Returns how many couldn't be sent. These are lost: nobody waits for room.
    public func sendReplies(of batch: DatagramBatch) -> Int {
        self.attachment?.loop.requireCurrent("A UDPSocket")
        var next = 0
        var failures = 0
        while next < batch.replyCount {
            let count = cas_udp_send(self.descriptor, batch.replies + next, UInt32(batch.replyCount - next))
            if count > 0 {
                next += Int(count)
            } else if errno == EAGAIN {
                return failures + batch.replyCount - next
            } else if errno != EINTR {
                // The first one failed for its own reason: no route to its peer, a filter, or the like.
                failures += 1
                next += 1
            }
        }
        return failures
    }

    /// Sends one datagram to the peer of a connected socket. Returns 0 or the error (errno).
    public func send(_ datagram: UnsafeRawBufferPointer) -> Int32 {
        while Glibc.send(self.descriptor, datagram.baseAddress, datagram.count, Int32(MSG_NOSIGNAL)) < 0 {
            if errno != EINTR { return errno }
        }
        return 0
    }
}
