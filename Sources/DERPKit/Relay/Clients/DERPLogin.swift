/// A client's side of the DERP handshake: its key, and what it says about itself.
struct DERPLogin: Sendable {
    let key: NodePublicKey
    let info: ClientInfo
    /// Whether the client showed the mesh key: it is another node of the mesh, or as trusted as one.
    let isMeshPeer: Bool
    /// Seals the server's answers.
    let box: SecretBox

    private init(key: NodePublicKey, info: ClientInfo, isMeshPeer: Bool, box: SecretBox) {
        self.key = key
        self.info = info
        self.isMeshPeer = isMeshPeer
        self.box = box
    }

    /// Parses the payload of a ClientInfo frame. `nil` when the key is zero, the box doesn't open, or the JSON is
    /// invalid.
    init?(payload: some Collection<UInt8>, privateKey: NodePrivateKey, meshKey: MeshKey? = nil) {
        guard
            let key = NodePublicKey(payload.prefix(NodePublicKey.byteCount)), !key.isZero,
            let box = SecretBox(privateKey: privateKey, peer: key),
            let json = box.open(payload.dropFirst(NodePublicKey.byteCount)),
            let info = ClientInfo(json: json)
        else { return nil }
        self.key = key
        self.info = info
        self.isMeshPeer = meshKey != nil && info.meshKey == meshKey
        self.box = box
    }
}

extension DERPLogin {
    /// Creates the login of another process that came by a way that is open to nobody else. Its key is a fresh one.
    init?(trustedBy privateKey: NodePrivateKey) {
        let key = NodePrivateKey().publicKey
        guard let box = SecretBox(privateKey: privateKey, peer: key) else { return nil }
        self.init(key: key, info: ClientInfo(), isMeshPeer: true, box: box)
    }
}

/// Collects the ClientInfo frame, which must be the first one. Pure: the result doesn't depend on how the bytes are
/// split.
struct DERPLoginReader {
    enum Progress {
        /// More bytes are needed.
        case incomplete
        /// The payload, and the bytes that came after the frame.
        case complete(payload: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)
        /// It isn't a ClientInfo frame, or its size is out of range.
        case refused
    }

    private var bytes: [UInt8] = []

    /// The number of bytes that have been collected.
    var byteCount: Int { self.bytes.count }

    private static let sizes = NodePublicKey.byteCount + SecretBox.overhead...PacketLimits.clientInfo

    mutating func read(_ input: some Collection<UInt8>) -> Progress {
        self.bytes.append(contentsOf: input)
        guard let first = self.bytes.first else { return .incomplete }
        guard first == FrameType.clientInfo.rawValue else { return .refused }
        guard self.bytes.count >= FrameHeader.byteCount else { return .incomplete }
        let count = self.bytes.withUnsafeBytes { Int(FrameHeader($0.baseAddress!).payloadCount) }
        guard Self.sizes.contains(count) else { return .refused }
        let end = FrameHeader.byteCount + count
        guard self.bytes.count >= end else { return .incomplete }
        return .complete(payload: self.bytes[FrameHeader.byteCount..<end], rest: self.bytes[end...])
    }
}
