import AsyncSockets
import DERPKit

/// What the command line says of how certificates are ordered.
struct ACMESettings: Hashable {
    /// `nil`: Let's Encrypt's.
    var directoryURL: String?
    var email: String?
    var accountBinding: ACMEAccountBinding?
    var certifiesAddresses: Bool
    var profile: String?
    var retryDelay: Duration

    /// Takes the flags.
    ///
    /// - Throws: ``UsageError`` with the flag that is wrong.
    init(_ options: ACMEOptions) throws(UsageError) {
        self.directoryURL = try Self.directory(options.directory)
        self.email = try Self.email(options.email)
        self.accountBinding = try Self.binding(options)
        self.certifiesAddresses = options.addresses
        self.profile = options.profile.isEmpty ? nil : options.profile
        self.retryDelay = try FlagValue("--acme-retry-delay", options.retryDelay)
            .duration(in: .seconds(1)...(.seconds(3600)))
    }

    /// What ``ACMECertificates`` is told, but for the authorities' certificates.
    func configuration(storage: String) -> ACMEConfiguration {
        var configuration = ACMEConfiguration(storage: storage)
        if let url = self.directoryURL { configuration.directoryURL = url }
        configuration.email = self.email
        configuration.accountBinding = self.accountBinding
        configuration.ordersForAddresses = self.certifiesAddresses
        configuration.profile = self.profile
        configuration.retryDelay = self.retryDelay
        return configuration
    }

    private static func directory(_ text: String) throws(UsageError) -> String? {
        if text.isEmpty { return nil }
        guard HTTPURL(text)?.isSecure == true else {
            throw UsageError("--acme-directory is an https URL, not \(UsageError.quote(text))")
        }
        return text
    }

    private static func email(_ text: String) throws(UsageError) -> String? {
        if text.isEmpty { return nil }
        // RFC 8555 §7.3: one address, and nothing of a mailto URL's other parts.
        let isAddress =
            text.utf8.count <= 254 && text.parts(at: "@").count == 2
            && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && !",?%\"<>".utf8.contains($0) }
            && text.first != "@" && text.last != "@"
        guard isAddress else { throw UsageError("-acme-email is an address, not \(UsageError.quote(text))") }
        return text
    }

    private static func binding(_ options: ACMEOptions) throws(UsageError) -> ACMEAccountBinding? {
        // One without the other is refused with all flags that need one another.
        if options.bindingKeyID.isEmpty || options.bindingKey.isEmpty { return nil }
        // Not shown: it is a secret.
        guard let binding = ACMEAccountBinding(keyID: options.bindingKeyID, key: options.bindingKey) else {
            throw UsageError("-acme-eab-key is a key in base64")
        }
        return binding
    }
}
