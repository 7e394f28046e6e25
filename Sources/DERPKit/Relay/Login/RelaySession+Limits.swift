import Logging
import AsyncSockets
import HTTPTypes

extension RelaySession {
    /// Reads the PROXY header, where one is expected, and returns the bytes that came after it. The deadline of the
    /// request begins here.
    func readProxyHeader() async throws(Ending) -> [UInt8] {
        self.setDeadline(self.context.configuration.requestTimeout)
        let trust = self.context.configuration.proxies
        guard trust.sendsHeader, trust.contains(self.stream.peerAddress.ip) else { return [] }
        var buffer: [UInt8] = []
        while true {
            switch buffer.withUnsafeBytes({ ProxyHeaderParser.parse($0) }) {
            case .incomplete:
                let room = ProxyHeaderParser.maxByteCount - buffer.count
                guard try await self.receive(into: &buffer, atMost: room) else { throw Ending(.peer) }
            case .header(let header, let byteCount):
                // Without a source, this is the proxy's own connection, or that of a client of which nothing is known.
                let origin = ClientOrigin(
                    address: header.source ?? self.stream.peerAddress,
                    through: header.source == nil ? .unknown : .trusted
                )
                try self.limited { () throws(ConnectionRefusal) in try self.seat.identify(as: origin) }
                return Array(buffer.dropFirst(byteCount))
            case .invalid(let error):
                // A proxy that is set up wrongly keeps everybody out.
                let proxy = self.stream.peerAddress
                self.context.lines.proxies.log(
                    .warning,
                    "A trusted proxy sent no PROXY header",
                    metadata: ["proxy": "\(proxy)", "error": "\(error)"]
                )
                throw Ending(.badProxyHeader)
            }
        }
    }

    /// Treats the connection as one from `origin`, which a proxy told with the last request.
    func identify(as origin: ClientOrigin) async throws(Ending) {
        do {
            try self.limited { () throws(ConnectionRefusal) in try self.seat.identify(as: origin) }
        } catch {
            let reply = HTTPReply(text: "too many connections from your address", status: .tooManyRequests)
            try? await self.stream.write(reply.serialized(keepAlive: false))
            throw error
        }
    }

    /// Counts an admitted client as one. It is turned away when there are too many.
    func takeSeat(of login: DERPLogin) throws(Ending) {
        do {
            try self.limited { () throws(ConnectionRefusal) in
                try self.seat.becomeClient(isExempt: login.isMeshPeer)
            }
        } catch {
            self.context.events.post(.refused(login.key, at: self.clientAddress, for: .clientLimit))
            throw Ending(error.reason, .full(login.key))
        }
    }

    /// Notes how many bytes are held of what the connection sent.
    func hold(_ byteCount: Int) throws(Ending) {
        try self.limited { () throws(ConnectionRefusal) in try self.seat.hold(byteCount) }
    }

    private func limited(_ body: () throws(ConnectionRefusal) -> Void) throws(Ending) {
        do {
            try body()
        } catch {
            self.relay.counters.connectionRefusals[error] += 1
            throw Ending(.limit)
        }
    }
}
