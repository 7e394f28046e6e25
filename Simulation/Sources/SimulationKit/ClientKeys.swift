import CSimulatedSystem

/// A client's key pair.
struct ClientKeys: Hashable {
    let publicKey: [UInt8]
    private let privateKey: [UInt8]

    init() {
        var publicKey = [UInt8](repeating: 0, count: 32)
        var privateKey = publicKey
        csim_make_keys(&publicKey, &privateKey)
        self.publicKey = publicKey
        self.privateKey = privateKey
    }

    /// A ClientInfo frame for the server with `serverKey` (docs/protocol.md, "Login").
    func clientInfo(
        for serverKey: [UInt8],
        json: String = #"{"version":2,"CanAckPings":true}"#
    ) -> [UInt8] {
        WireFrame(.clientInfo, self.publicKey + self.box(json, for: serverKey)).encoded
    }

    /// A ServerInfo frame for the client with `clientKey`.
    func serverInfo(for clientKey: [UInt8]) -> [UInt8] {
        WireFrame(.serverInfo, self.box(#"{"version":2}"#, for: clientKey)).encoded
    }

    /// A nonce and a box.
    private func box(_ json: String, for key: [UInt8]) -> [UInt8] {
        let json = Array(json.utf8)
        var nonce: [UInt8] = []
        for _ in 0..<3 { nonce += withUnsafeBytes(of: csim_random()) { Array($0) } }
        var box = [UInt8](repeating: 0, count: json.count + 16)
        csim_seal(&box, json, json.count, nonce, key, self.privateKey)
        return nonce + box
    }
}
