import IPAddresses
import HTTPTypes

/// Decides what happens with a request: a pure function of its head, the peer, the port and the relay's settings.
package struct HTTPRouter: Sendable {
    /// The kind of port on which requests come in.
    package enum Port: Hashable, Sendable {
        /// The relay's own port, with or without TLS.
        case relay
        /// Plain HTTP beside TLS: `/generate_204`, the map, answers to ACME's challenges, and redirects (302) to
        /// `https` at `tlsPort`. Never relays. `hosts` are the server's own: a request for another host is sent to the
        /// first of them.
        case plainHelper(tlsPort: UInt16, hosts: [HTTPAuthority])
    }

    /// What to do with a request.
    package enum Outcome: Hashable, Sendable {
        /// Send this reply, then go on or close as ``HTTPRequestHead/wantsKeepAlive`` says.
        case respond(HTTPReply)
        /// Send the answer to an ACME server's challenge if there is one with this token, otherwise the reply.
        case challenge(token: String, otherwise: HTTPReply)
        /// Leave HTTP. The bytes after the head are DERP.
        case upgrade(DERPUpgrade)
        /// Render the metrics as Prometheus text, and send them with ``LivePage/reply(body:entityTag:)``.
        case metrics(LivePage)
        /// Render the DERP map as JSON, and send it with ``LivePage/reply(body:entityTag:)``.
        case derpMap(LivePage)
        /// Send what is known of the names in this query, with ``LivePage/reply(body:entityTag:)``.
        case bootstrapDNS(LivePage, query: String?)
        /// Read a question about a client, which is this many bytes after the head, and answer it from the key lists.
        case verify(bodyByteCount: Int)
    }

    let port: Port
    let isRelayEnabled: Bool
    let servesMap: Bool
    let servesVerify: Bool
    let debugNetworks: [IPNetwork]
    let trust: ProxyTrust
    let switchingProtocols: [UInt8]
    let home: HTTPReply

    /// Returns which client a request comes from. Returns `nil` when it comes through a trusted proxy that should name
    /// the client, but names none that can be understood.
    ///
    /// - Parameters:
    ///   - head: The request.
    ///   - connection: The origin of its connection.
    package func origin(of head: HTTPRequestHead, on connection: ClientOrigin) -> ClientOrigin? {
        ForwardedFor.origin(of: head, on: connection, trust: self.trust)
    }

    /// Decides about one request.
    ///
    /// - Parameters:
    ///   - head: The request.
    ///   - origin: The client that it comes from, as ``origin(of:on:)`` returns it.
    ///   - isTLS: Whether the connection is protected, for what pages tell browsers (RFC 6797 §7.2).
    package func outcome(for head: HTTPRequestHead, from origin: ClientOrigin, isTLS: Bool) -> Outcome {
        if case .plainHelper(let tlsPort, let hosts) = self.port {
            switch head.path {
            case "/generate_204", "/derpmap/default": break
            default:
                let redirect = self.redirect(head, tlsPort: tlsPort, hosts: hosts)
                return Self.challenge(head, otherwise: redirect) ?? .respond(redirect)
            }
        }
        switch head.path {
        case "/derp": return self.derp(head)
        case "/derp/probe", "/derp/latency-check": return .respond(self.probe(head))
        case "/generate_204": return .respond(self.connectivityCheck(head))
        case "/metrics": return self.metrics(head, from: origin, isTLS: isTLS)
        case "/derpmap/default": return self.derpMap(head, isTLS: isTLS)
        case "/bootstrap-dns": return self.bootstrapDNS(head, isTLS: isTLS)
        case "/verify": return self.verify(head, isTLS: isTLS)
        case "/robots.txt": return .respond(self.page(Self.robots, for: head, isTLS: isTLS))
        case "/": return .respond(self.page(self.home, for: head, isTLS: isTLS))
        default: return .respond(.notFound.protected(isTLS: isTLS))
        }
    }

    private func page(_ page: HTTPReply, for head: HTTPRequestHead, isTLS: Bool) -> HTTPReply {
        (head.isRead ? page : .methodNotAllowed).protected(isTLS: isTLS)
    }

    private static let robots = HTTPReply(text: "User-agent: *\nDisallow: /", status: .ok)
}
