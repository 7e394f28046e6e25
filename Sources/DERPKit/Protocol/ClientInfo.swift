import FoundationEssentials

/// What a client says about itself at login (docs/protocol.md, "Login").
public struct ClientInfo: Hashable, Sendable {
    /// The version of the protocol.
    package var version = 2
    /// The mesh key, from a client that is a node of the same mesh. Secret.
    public var meshKey: MeshKey?
    /// Whether the client answers the server's pings.
    @_spi(Benchmarks) public var canAckPings = false
    /// Whether the client only looks whether the relay works.
    public var isProber = false
    /// The program's name, of at most 4096 bytes; a relay takes a longer one for none.
    public var appName = ""

    /// What a client says that can do nothing special.
    public init() {}

    /// The longest app name that counts, in bytes as in the JSON.
    private static let appNameLimit = 4096

    /// Reads the JSON. Returns `nil` for JSON that is malformed or has a value of the wrong type. `null` counts as
    /// absent. Names are compared without regard to case, as the reference does. The last of several counts.
    package init?(json: [UInt8]) {
        var info = Self()
        let isRead = json.withUnsafeBytes { bytes in
            // Only the last of several becomes a string.
            var appName: StrictJSON.Text?
            do throws(StrictJSON.Malformed) {
                try StrictJSON.forEachMember(of: bytes) { name, value throws(StrictJSON.Malformed) in
                    try info.take(name, value, appName: &appName)
                }
            } catch {
                return false
            }
            if let appName, appName.rawCount <= Self.appNameLimit { info.appName = appName.string }
            return true
        }
        guard isRead else { return nil }
        self = info
    }

    private mutating func take(
        _ name: StrictJSON.Text,
        _ value: StrictJSON.Value,
        appName: inout StrictJSON.Text?
    ) throws(StrictJSON.Malformed) {
        // The shortest of the names below, and the longest if each of its letters is escaped.
        guard (7...66).contains(name.rawCount) else { return }
        if case .null = value { return }
        if name.isName("version") {
            guard case .integer(let version) = value else { throw .init() }
            self.version = version
        } else if name.isName("meshkey") {
            guard case .string(let text) = value, let key = Self.meshKeyBytes(text) else { throw .init() }
            // All zeros mean no key.
            self.meshKey = MeshKey(bytes: key)
        } else if name.isName("canackpings") {
            guard case .bool(let can) = value else { throw .init() }
            self.canAckPings = can
        } else if name.isName("isprober") {
            guard case .bool(let isProber) = value else { throw .init() }
            self.isProber = isProber
        } else if name.isName("appname") {
            guard case .string(let text) = value else { throw .init() }
            appName = text
        }
    }

    private static func meshKeyBytes(_ text: StrictJSON.Text) -> [UInt8]? {
        guard let bytes = Hex.decode(text.string), bytes.count == MeshKey.byteCount else { return nil }
        return bytes
    }

    /// The JSON that a client sends.
    package func json() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(Written(info: self))).map(Array.init) ?? []
    }
}

extension ClientInfo {
    /// What goes over the wire. Only this has the secret of the mesh key.
    private struct Written: Encodable {
        let info: ClientInfo

        private enum CodingKeys: String, CodingKey {
            case version, meshKey
            case canAckPings = "CanAckPings"
            case isProber = "IsProber"
            case appName = "AppName"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(self.info.version, forKey: .version)
            if let meshKey = self.info.meshKey { try container.encode(meshKey.secretText, forKey: .meshKey) }
            if self.info.canAckPings { try container.encode(true, forKey: .canAckPings) }
            if self.info.isProber { try container.encode(true, forKey: .isProber) }
            if !self.info.appName.isEmpty { try container.encode(self.info.appName, forKey: .appName) }
        }
    }
}
