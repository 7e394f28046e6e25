import IPAddresses
import HTTPTypes

extension HTTPRouter {
    /// The protocol that a client of `/derp` wants to speak instead of HTTP.
    private enum Transport {
        /// DERP frames directly on the connection.
        case raw
        /// DERP frames in WebSocket messages (RFC 6455).
        case webSocket
    }

    /// Answers `/derp`, where HTTP ends and relaying begins.
    func derp(_ head: HTTPRequestHead) -> Outcome {
        guard self.isRelayEnabled else {
            return .respond(HTTPReply(text: "this server does not relay", status: .notFound))
        }
        guard let transport = self.transport(wantedBy: head) else {
            // RFC 9110 §15.5.22 and §7.8: 426 names the protocol, and Connection names Upgrade.
            let fields: HTTPFields = [.upgrade: "DERP", .connection: "Upgrade"]
            return .respond(
                HTTPReply(text: "DERP requires connection upgrade", status: .upgradeRequired, fields: fields)
            )
        }
        guard head.method == .get else { return .respond(.methodNotAllowed(allowed: "GET")) }
        guard !head.hasBody else {
            return .respond(HTTPReply(text: "an upgrade request has no body", status: .badRequest))
        }
        switch transport {
        case .raw: return .upgrade(self.rawUpgrade(head))
        case .webSocket: return self.webSocketUpgrade(head)
        }
    }

    /// Returns the first protocol in Upgrade that the relay knows. Very old clients say `websocket` and mean raw DERP;
    /// clients that mean WebSocket name its subprotocol, or something like it. For raw DERP, Connection and the version
    /// are not checked, because the reference doesn't check them either.
    private func transport(wantedBy head: HTTPRequestHead) -> Transport? {
        for name in head.fields.list(.upgrade) {
            switch name.lowercasedASCII {
            case "derp": return .raw
            case "websocket":
                let protocols = head.fields[.secWebSocketProtocol] ?? ""
                return protocols.holds(WebSocketHandshake.subprotocol) ? .webSocket : .raw
            default: continue
            }
        }
        return nil
    }

    private func rawUpgrade(_ head: HTTPRequestHead) -> DERPUpgrade {
        let isFastStart = head.fields[.derpFastStart] == "1"
        return DERPUpgrade(
            isFastStart: isFastStart,
            idealNode: Self.idealNode(head),
            response: isFastStart ? [] : self.switchingProtocols
        )
    }

    private func webSocketUpgrade(_ head: HTTPRequestHead) -> Outcome {
        switch WebSocketHandshake.response(to: head) {
        case .failure(let refusal):
            return .respond(refusal.reply)
        case .success(let response):
            let transport = DERPUpgrade.Transport.webSocket(speaksDERP: WebSocketHandshake.speaksDERP(head))
            let idealNode = Self.idealNode(head)
            return .upgrade(
                DERPUpgrade(transport: transport, isFastStart: false, idealNode: idealNode, response: response)
            )
        }
    }

    /// Returns a stranger's text in a form that is safe for logs: bounded in bytes, and without anything that a
    /// terminal would obey.
    private static func idealNode(_ head: HTTPRequestHead) -> String? {
        head.fields[.idealNode].flatMap { name in
            let bytes = name.utf8.prefix(255).map { (0x20..<0x7f).contains($0) ? $0 : UInt8(ascii: "?") }
            return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
        }
    }
}
