import Glibc

/// Sends datagrams to a STUN server, and reads what comes back (protocol §5).
final class STUNProbe {
    private let descriptor: Int32
    private let address: Loopback
    let port: UInt16

    init(serverPort: UInt16, on address: Loopback = .ipv4) throws {
        let descriptor = try SocketKind.udp.makeDescriptor(family: address.family)
        self.descriptor = descriptor
        self.address = address
        guard address.withSocketAddress(port: 0, { bind(descriptor, $0, $1) }) == 0,
            address.withSocketAddress(port: serverPort, { connect(descriptor, $0, $1) }) == 0
        else { throw KitError.lastSystemError("connecting for STUN") }
        self.port = try localPort(of: descriptor)
    }

    deinit {
        Glibc.close(self.descriptor)
    }

    func send(_ bytes: [UInt8]) {
        Glibc.send(self.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// The next datagram. The socket is connected, so that only an answer from the address that was asked comes in.
    func receive(within limit: Duration = Deadline.answer) throws -> [UInt8] {
        let deadline = Deadline(in: limit)
        var buffer = [UInt8](repeating: 0, count: 2048)
        while true {
            let count = recv(self.descriptor, &buffer, buffer.count, 0)
            if count >= 0 { return Array(buffer[..<count]) }
            var entry = pollfd(fd: self.descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, deadline.milliseconds) > 0 else { throw KitError.timedOut("no STUN answer") }
        }
    }

    /// The whole response that a request with this transaction must get.
    func expectedResponse(to transaction: [UInt8]) -> [UInt8] {
        let cookie = STUNRequest.cookie
        let port = [UInt8(self.port >> 8) ^ cookie[0], UInt8(self.port & 0xff) ^ cookie[1]]
        let ip: [UInt8] = self.address == .ipv4 ? [127, 0, 0, 1] : [UInt8](repeating: 0, count: 15) + [1]
        let family: UInt8 = self.address == .ipv4 ? 1 : 2
        let mapped = [0, family] + port + zip(ip, cookie + transaction).map { $0 ^ $1 }
        let attribute = [0x00, 0x20, 0, UInt8(mapped.count)] + mapped
        return [0x01, 0x01, 0, UInt8(attribute.count)] + cookie + transaction + attribute
    }
}
