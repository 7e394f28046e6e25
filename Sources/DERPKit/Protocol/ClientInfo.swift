import FoundationEssentials

/// What a client tells of itself at login (protocol notes §1).
public struct ClientInfo: Hashable, Sendable {
    public var version = 2
    /// 32 bytes, from a client that is a node of the same mesh. Secret.
    public var meshKey: [UInt8]?
    public var canAckPings = false
    public var isProber = false
    public var appName = ""

    public init() {}

    /// Reads the JSON; `nil` for JSON that is malformed or has a value of the wrong type.
    public init?(json: [UInt8]) {
        guard let decoded = try? JSONDecoder().decode(ClientInfo?.self, from: Data(json)) else { return nil }
        self = decoded
    }

    /// The JSON that a client sends.
    public func json() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }
}

extension ClientInfo: Codable {
    /// Names are compared without regard to case, as the reference does.
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for key in container.allKeys where try !container.decodeNil(forKey: key) {
            switch key.stringValue.lowercased() {
            case "version": self.version = try container.decode(Int.self, forKey: key)
            case "meshkey": self.meshKey = try Self.meshKey(container.decode(String.self, forKey: key), at: key)
            case "canackpings": self.canAckPings = try container.decode(Bool.self, forKey: key)
            case "isprober": self.isProber = try container.decode(Bool.self, forKey: key)
            case "appname": self.appName = try container.decode(String.self, forKey: key)
            default: break
            }
        }
    }

    private static func meshKey(_ text: String, at key: Key) throws -> [UInt8] {
        guard let bytes = Hex.decode(text), bytes.count == 32 else {
            throw DecodingError.dataCorrupted(.init(codingPath: [key], debugDescription: "not a mesh key"))
        }
        return bytes
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(self.version, forKey: Key(stringValue: "version"))
        if let meshKey { try container.encode(Hex.encode(meshKey), forKey: Key(stringValue: "meshKey")) }
        if self.canAckPings { try container.encode(true, forKey: Key(stringValue: "CanAckPings")) }
        if self.isProber { try container.encode(true, forKey: Key(stringValue: "IsProber")) }
        if !self.appName.isEmpty { try container.encode(self.appName, forKey: Key(stringValue: "AppName")) }
    }
}
