/// The public half of a P-256 key as JSON (RFC 7517, RFC 7518 §6.2).
struct JSONWebKey: Hashable, Encodable {
    let crv = "P-256"
    let kty = "EC"
    /// The coordinates, 32 bytes each, as base64url.
    let x: String
    let y: String

    /// The key's thumbprint (RFC 7638): the SHA-256, as base64url, of its members in order and without spaces.
    var thumbprint: String {
        let text = #"{"crv":"\#(self.crv)","kty":"\#(self.kty)","x":"\#(self.x)","y":"\#(self.y)"}"#
        return Base64URL.encode(SHA256.digest(of: Array(text.utf8)))
    }

    private enum CodingKeys: CodingKey {
        case crv, kty, x, y
    }
}
