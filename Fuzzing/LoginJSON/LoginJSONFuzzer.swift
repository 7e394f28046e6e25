@_spi(Benchmarks) @testable import DERPKit

/// What clients and servers say about themselves at login, when the box is open: it can be written, and reads as the
/// same again. A box opens only unaltered.
enum LoginJSONFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        var script = Script(input)
        switch script.next() % 3 {
        case 0: Self.readClientInfo(script.remaining())
        case 1: Self.readServerInfo(script.remaining())
        default: Self.open(script.next(), at: Int(script.next()), script.remaining())
        }
    }

    private static func readClientInfo(_ json: [UInt8]) {
        guard var info = ClientInfo(json: json) else { return }
        precondition(info.appName.utf8.count <= 3 * 4096)
        guard var again = ClientInfo(json: info.json()) else { preconditionFailure("what was written can't be read") }
        // A long name may be too long when it is written with escapes.
        if info.appName.utf8.count > 600 { (info.appName, again.appName) = ("", "") }
        precondition(again == info)
    }

    private static func readServerInfo(_ json: [UInt8]) {
        guard let info = ServerInfo(json: json) else { return }
        precondition(ServerInfo(json: info.json()) == info)
    }

    private static let server = NodePrivateKey()
    private static let client = NodePrivateKey()
    private static let box = SecretBox(privateKey: Self.client, peer: Self.server.publicKey)!

    /// Reads a login with `json`, of which one byte is changed by `change`.
    private static func open(_ change: UInt8, at position: Int, _ json: [UInt8]) {
        var payload = Self.client.publicKey.bytes + Self.box.seal(json)
        payload[position % payload.count] ^= change
        let login = DERPLogin(payload: payload, privateKey: Self.server)
        // The highest bit of a public key doesn't count (RFC 7748 §5).
        guard change == 0 || position % payload.count == 31 && change == 0x80 else {
            precondition(login == nil, "an altered login is accepted")
            return
        }
        precondition(login?.info == ClientInfo(json: json))
    }
}
