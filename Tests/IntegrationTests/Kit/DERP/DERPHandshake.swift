import Foundation

/// The steps between a connection and an admitted client, one call each.
enum DERPHandshake {
    static let magic: [UInt8] = [0x44, 0x45, 0x52, 0x50, 0xf0, 0x9f, 0x94, 0x91]
    static let information = #"{"version":2,"CanAckPings":true}"#

    /// How a connection becomes DERP (protocol §4).
    enum Start: String, CaseIterable, Sendable {
        case upgrade = "HTTP upgrade"
        case fast = "fast start"

        /// The request.
        var request: HTTPRequest {
            var headers = ["Upgrade": "DERP", "Connection": "Upgrade"]
            if self == .fast { headers["Derp-Fast-Start"] = "1" }
            return HTTPRequest("/derp", headers: headers)
        }
    }

    /// Reads a frame.
    static func readFrame(from connection: Connection, until deadline: Deadline) throws -> Frame {
        let header = try connection.read(Frame.headerSize, until: deadline)
        let length = header[1...].reduce(0) { $0 << 8 | Int($1) }
        guard length <= 1 << 20 else { throw KitError.unexpected("a frame of \(length) bytes") }
        return Frame(FrameType(rawValue: header[0]), try connection.read(length, until: deadline))
    }

    /// Reads the response to an upgrade, if one comes, and then ServerKey.
    static func readServerKey(from connection: Connection, _ start: Start) throws -> [UInt8] {
        if start == .upgrade {
            let response = try HTTPResponse(from: connection)
            guard response.status == 101 else { throw KitError.unexpected("status \(response.status)") }
        }
        let frame = try Self.readFrame(from: connection, until: Deadline(in: Deadline.answer))
        guard frame.type == .serverKey, frame.payload.count >= 40, Array(frame.payload[..<8]) == Self.magic else {
            throw KitError.unexpected("instead of ServerKey: \(frame)")
        }
        return Array(frame.payload[8..<40])
    }

    /// The ClientInfo of `key` for the server with `serverKey`.
    static func clientInfo(_ json: String = Self.information, of key: TestKey, for serverKey: [UInt8]) throws -> Frame {
        Frame(.clientInfo, key.publicBytes + (try key.seal(Array(json.utf8), for: serverKey)))
    }

    /// Reads ServerInfo, and gives its JSON.
    static func readServerInfo(
        from connection: Connection,
        to key: TestKey,
        serverKey: [UInt8]
    ) throws -> [String: Any] {
        let frame = try Self.readFrame(from: connection, until: Deadline(in: Deadline.answer))
        guard frame.type == .serverInfo else { throw KitError.unexpected("instead of ServerInfo: \(frame)") }
        let json = Data(try key.open(frame.payload, from: serverKey))
        guard let object = try JSONSerialization.jsonObject(with: json) as? [String: Any] else {
            throw KitError.unexpected("ServerInfo is no object")
        }
        return object
    }
}
