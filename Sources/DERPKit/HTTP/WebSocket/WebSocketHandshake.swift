import HTTPTypes

/// The opening handshake (RFC 6455 §4.2), as far as it goes beyond any upgrade: with the subprotocol `derp`, without
/// extensions, from any origin.
enum WebSocketHandshake {
    static let subprotocol = "derp"

    /// Makes the 101 response to a request for `websocket`. If the client doesn't offer the subprotocol, the response
    /// names none. A Close frame then says that it is missing, as the reference does.
    ///
    /// - Returns: The response, or a refusal: 400, or 426 with what the client should have asked for.
    static func response(to head: HTTPRequestHead) -> Result<[UInt8], Refusal> {
        guard head.minorVersion > 0, head.fields.lists("upgrade", in: .connection) else {
            return .failure(Refusal("a WebSocket needs HTTP/1.1 and Connection: Upgrade", .upgradeRequired))
        }
        guard head.fields[values: .secWebSocketVersion] == ["13"] else {
            return .failure(Refusal("only WebSocket version 13 is supported", .upgradeRequired))
        }
        let keys = head.fields[values: .secWebSocketKey]
        guard keys.count == 1, WebSocketKey.isValid(keys[0]) else {
            return .failure(Refusal("malformed Sec-WebSocket-Key", .badRequest))
        }
        return .success(Self.switchingProtocols(key: keys[0], subprotocol: Self.speaksDERP(head) ? subprotocol : nil))
    }

    /// Whether the client offers the subprotocol.
    static func speaksDERP(_ head: HTTPRequestHead) -> Bool {
        head.fields.list(.secWebSocketProtocol).contains { $0.equals(Self.subprotocol) }
    }

    /// Why there is no WebSocket.
    struct Refusal: Error {
        let reply: HTTPReply

        init(_ text: String, _ status: HTTPResponse.Status) {
            var fields = HTTPFields()
            if status == .upgradeRequired {
                fields = [.upgrade: "websocket", .connection: "Upgrade", .secWebSocketVersion: "13"]
            }
            self.reply = HTTPReply(text: text, status: status, fields: fields)
        }
    }

    private static func switchingProtocols(key: String, subprotocol: String?) -> [UInt8] {
        let chosen = subprotocol.map { "Sec-WebSocket-Protocol: \($0)\r\n" } ?? ""
        let text = """
            HTTP/1.1 101 Switching Protocols\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Accept: \(WebSocketKey.answer(to: key))\r
            \(chosen)\r\n
            """
        return Array(text.utf8)
    }
}
