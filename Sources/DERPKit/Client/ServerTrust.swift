import AsyncSockets

/// Which certificates of a relay a client trusts. A value takes a few milliseconds to make, so keep it for later
/// connections.
public struct ServerTrust: Sendable {
    /// The name or IP literal that the certificate must be for; `nil` for the host's name.
    let certificateName: String?
    let context: TLSContext

    /// Makes the rules for a relay's certificate.
    ///
    /// - Parameters:
    ///   - certName: The value as in a DERP map (docs/protocol.md, "The map"): another name that the certificate must
    ///     be for, or the certificate's ``Certificate/pin``, in which case its issuer, names and dates are ignored.
    ///     Empty for the host's name.
    ///   - authoritiesPEM: Certificates of authorities to trust besides the system's, as PEM.
    /// - Throws: ``DERPError`` with code `invalidConfiguration` if the pin is malformed, or `certificate` if the
    ///   authorities can't be used.
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

    /// Returns rules that accept any certificate, for tests and to look at a certificate that isn't trusted.
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
