import CDERPOpenSSL
import FoundationEssentials

/// A signed JSON text in the flattened form (RFC 7515 §7.2.2), which ACME requires for all requests (RFC 8555 §6.2).
struct JSONWebSignature: Hashable, Codable {
    let protected: String
    let payload: String
    let signature: String

    /// What the signature covers besides the payload.
    struct Header: Encodable {
        var alg: String
        /// The key itself, for a request that creates an account.
        var jwk: JSONWebKey?
        /// The account's URL, or another name of the key.
        var kid: String?
        /// The nonce, which keeps the request from being sent twice.
        var nonce: String?
        /// The URL of the request.
        var url: String
    }

    /// Signs with an account's key.
    ///
    /// - Parameter account: The account's URL; `nil` if there is none yet.
    static func signed(
        _ payload: [UInt8],
        to url: String,
        nonce: String,
        by key: ACMEAccountKey,
        account: String?
    ) throws -> Self {
        let header = Header(
            alg: "ES256",
            jwk: account == nil ? key.publicKey : nil,
            kid: account,
            nonce: nonce,
            url: url
        )
        return try Self(header, payload) { input in try key.sign(input) }
    }

    /// Binds an account's key to an external account (RFC 8555 §7.3.4): HS256 with the key that its provider gave.
    static func binding(of key: JSONWebKey, to url: String, by binding: ACMEAccountBinding) throws -> Self {
        let header = Header(alg: "HS256", kid: binding.keyID, url: url)
        return try Self(header, Self.json(key)) { input in
            var code = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
            var count: UInt32 = 0
            let result = HMAC(
                EVP_sha256(),
                binding.key,
                CInt(clamping: binding.key.count),
                input,
                input.count,
                &code,
                &count
            )
            try OpenSSLFailure.check(result)
            return Array(code.prefix(Int(count)))
        }
    }

    private init(_ header: Header, _ payload: [UInt8], sign: ([UInt8]) throws -> [UInt8]) throws {
        self.protected = Base64URL.encode(try Self.json(header))
        self.payload = Base64URL.encode(payload)
        self.signature = Base64URL.encode(try sign(Array("\(self.protected).\(self.payload)".utf8)))
    }

    /// Returns `value` as JSON, with the same bytes for the same value.
    static func json(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}
