import FoundationEssentials

/// What a client tells of itself at login (docs/protocol.md, "Login").
public struct ClientInfo: Hashable, Sendable {
    public var version = 2
    /// From a client that is a node of the same mesh. Secret.
    public var meshKey: MeshKey?
    public var canAckPings = false
    public var isProber = false
    public var appName = ""

    public init() {}

    /// Reads the JSON; `nil` for JSON that is malformed or has a value of the wrong type. `null` says nothing, and so
    /// nothing wrong. Names are compared without regard to case, as the reference does; the last of several counts.
    public init?(json: [UInt8]) {
        guard let members = try? StrictJSON.members(of: json) ?? [] else { return nil }
        for (name, value) in members where value != .null {
            switch (name.lowercased(), value) {
            case ("version", .integer(let version)): self.version = version
            case ("meshkey", .string(let text)):
                guard let bytes = Hex.decode(text), bytes.count == MeshKey.byteCount else { return nil }
                // All zeros stand for no key.
                self.meshKey = MeshKey(bytes: bytes)
            case ("canackpings", .bool(let can)): self.canAckPings = can
            case ("isprober", .bool(let isProber)): self.isProber = isProber
            case ("appname", .string(let name)): self.appName = name
            case ("version", _), ("meshkey", _), ("canackpings", _), ("isprober", _), ("appname", _): return nil
            default: break
            }
        }
    }

    /// The JSON that a client sends.
    public func json() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }
}

extension ClientInfo: Encodable {
    private enum CodingKeys: String, CodingKey {
        case version, meshKey
        case canAckPings = "CanAckPings"
        case isProber = "IsProber"
        case appName = "AppName"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.version, forKey: .version)
        if let meshKey { try container.encode(meshKey.secretText, forKey: .meshKey) }
        if self.canAckPings { try container.encode(true, forKey: .canAckPings) }
        if self.isProber { try container.encode(true, forKey: .isProber) }
        if !self.appName.isEmpty { try container.encode(self.appName, forKey: .appName) }
    }
}
