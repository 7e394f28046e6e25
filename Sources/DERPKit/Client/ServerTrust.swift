import AsyncSockets

/// Which certificates of a relay a client trusts. Costs a few milliseconds to make: keep it for the next connection.
public struct ServerTrust: Sendable {
    /// The name or IP literal that the certificate must be for; `nil`: the host's.
    let certificateName: String?
    let context: TLSContext

    /// - Parameters:
    ///   - certName: as in a DERP map (docs/protocol.md, "The map"): another name that the certificate must be for, or the
    ///     certificate's ``Certificate/pin``, which makes its issuer, names and dates irrelevant. Empty: the host's name.
    ///   - authoritiesPEM: certificates of authorities to trust besides the system's, as PEM.
    /// - Throws: ``DERPError``: `invalidConfiguration` for a malformed pin, `certificate` for unusable authorities.
    public init(certName: String = "", authoritiesPEM: String? = nil) throws(DERPError) {
        if let pin = certName.rest(after: Certificate.pinPrefix) {
            guard let digest = Hex.decode(String(pin)), digest.count == 32
            else { throw DERPError(.invalidConfiguration, "a pin is \(Certificate.pinPrefix) and 64 hex digits") }
            self.certificateName = nil
            self.context = try Self.context(.pinned(digest))
        } else {
            self.certificateName = certName.isEmpty ? nil : certName
            self.context = try Self.context(authoritiesPEM.map { .systemAnd(authoritiesPEM: $0) } ?? .system)
        }
    }

    private init(_ verification: TLSContext.Verification) throws(DERPError) {
        self.certificateName = nil
        self.context = try Self.context(verification)
    }

    /// Trusts whoever answers: for tests, and to look at a certificate that isn't trusted.
    public static func insecure() throws(DERPError) -> Self {
        try Self(TLSContext.Verification.none)
    }

    private static func context(_ verification: TLSContext.Verification) throws(DERPError) -> TLSContext {
        do {
            return try TLSContext(clientVerification: verification)
        } catch {
            throw DERPError(.certificate, error.message)
        }
    }
}
