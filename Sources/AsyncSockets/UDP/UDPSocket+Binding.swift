import CAsyncSockets
import Glibc

extension UDPSocket {
    /// Binds `count` sockets, at least one, to one address, so that the kernel spreads the peers over as many loops.
    ///
    /// `[::]` is both families; on a machine without IPv6 it becomes `0.0.0.0`. With port 0, the kernel chooses one
    /// port for all of them. On a wildcard address, replies leave from the address that was asked.
    ///
    /// - Throws: ``SocketError`` that names the address; `addressInUse` if another socket uses it.
    public static func bind(to address: IPEndpoint, count: Int = 1) throws(SocketError) -> [UDPSocket] {
        let action = "listen on UDP \(address)"
        var sockets = [try self.bindFirst(to: address, action)]
        guard count > 1 else { return sockets }
        // The siblings need SO_REUSEPORT on every socket of the port, the first one included.
        guard self.set(SO_REUSEPORT, to: 1, of: SOL_SOCKET, on: sockets[0].descriptor) else {
            throw SocketError(errno: errno, action)
        }
        while sockets.count < count {
            sockets.append(try self.open(sockets[0].localAddress, isSibling: true, action))
        }
        return sockets
    }

    /// Continues with `inherited` sockets, which are already bound, and lets others join them until there are `count`,
    /// if that is possible. Closes sockets that can't be used.
    package static func adopt(_ inherited: [OwnedDescriptor], count: Int) -> [UDPSocket] {
        var sockets = inherited.compactMap { $0.take() }.compactMap { try? UDPSocket(descriptor: $0) }
        while let first = sockets.first, sockets.count < count,
            self.set(SO_REUSEPORT, to: 1, of: SOL_SOCKET, on: first.descriptor),
            let sibling = try? self.open(first.localAddress, isSibling: true, "listen on UDP \(first.localAddress)")
        {
            sockets.append(sibling)
        }
        return sockets
    }

    /// Returns another descriptor for another process, or `nil` if there are none left.
    package func duplicate() -> OwnedDescriptor? { OwnedDescriptor(duplicating: self.descriptor) }

    /// Makes a socket that exchanges datagrams only with `peer`, and learns when the peer's port is closed.
    ///
    /// - Throws: ``SocketError`` that names the peer, if there is no route to it.
    public static func connect(to peer: IPEndpoint) throws(SocketError) -> UDPSocket {
        let peer = IPEndpoint(peer.ip.unmapped, port: peer.port)
        let action = "connect UDP to \(peer)"
        let descriptor = cas_udp_socket(self.family(of: peer))
        guard descriptor >= 0 else { throw SocketError(errno: errno, action) }
        guard peer.withSockaddr({ Glibc.connect(descriptor, $0, $1) }) == 0 else {
            let error = SocketError(errno: errno, action)
            close(descriptor)
            throw error
        }
        return try UDPSocket(descriptor: descriptor)
    }

    /// Without SO_REUSEPORT. Otherwise a port that another process shares wouldn't be refused.
    private static func bindFirst(to address: IPEndpoint, _ action: String) throws(SocketError) -> UDPSocket {
        do {
            return try self.open(address, isSibling: false, action)
        } catch {
            // IPv6 may be compiled out of the kernel or switched off: the calls differ in how they say so.
            guard address.ip == .anyIPv6, error.code == .systemCall else { throw error }
            return try self.open(IPEndpoint(.anyIPv4, port: address.port), isSibling: false, action)
        }
    }

    private static func open(
        _ address: IPEndpoint,
        isSibling: Bool,
        _ action: String
    ) throws(SocketError) -> UDPSocket {
        let family = self.family(of: address)
        let descriptor = cas_udp_socket(family)
        guard descriptor >= 0 else { throw SocketError(errno: errno, action) }
        let isBound =
            (!isSibling || self.set(SO_REUSEPORT, to: 1, of: SOL_SOCKET, on: descriptor))
            && (family != AF_INET6 || self.set(IPV6_V6ONLY, to: 0, of: Int32(IPPROTO_IPV6), on: descriptor))
            && (!address.ip.isUnspecified || cas_udp_enable_packet_info(descriptor, family) == 0)
            && address.withSockaddr { Glibc.bind(descriptor, $0, $1) } == 0
        guard isBound else {
            let error = SocketError(errno: errno, action)
            close(descriptor)
            throw error
        }
        return try UDPSocket(descriptor: descriptor)
    }

    private static func set(_ option: Int32, to value: Int32, of level: Int32, on descriptor: Int32) -> Bool {
        var value = value
        return setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    private static func family(of address: IPEndpoint) -> Int32 {
        address.ip.family == .ipv4 ? AF_INET : AF_INET6
    }
}
