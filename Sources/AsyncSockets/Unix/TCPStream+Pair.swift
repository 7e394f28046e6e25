import CAsyncSockets
import Glibc

extension OwnedDescriptor {
    /// Makes both ends of a Unix stream.
    package static func streamPair() throws(SocketError) -> (OwnedDescriptor, OwnedDescriptor) {
        var ends: [Int32] = [-1, -1]
        guard cas_stream_pair(&ends) == 0 else { throw SocketError(errno: errno, "make a pair of sockets") }
        return (OwnedDescriptor(ends[0]), OwnedDescriptor(ends[1]))
    }
}

extension TCPStream {
    /// Makes a stream over a connected socket that already exists. Returns `nil` if it can't be used. Call it on the
    /// loop. The peer address is the unspecified one, port 0.
    package static func adopt(_ descriptor: OwnedDescriptor, on loop: IOLoop) -> TCPStream? {
        guard let number = descriptor.take() else { return nil }
        return try? TCPStream(descriptor: number, peerAddress: IPEndpoint(.anyIPv4, port: 0), loop: loop)
    }
}
