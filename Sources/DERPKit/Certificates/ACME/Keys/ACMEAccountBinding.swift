/// An external account to which an ACME account is bound (RFC 8555 §7.3.4), as some authorities require.
public struct ACMEAccountBinding: Hashable, Sendable {
    /// The ID of the account's key there.
    package let keyID: String
    /// The key. Secret.
    let key: [UInt8]

    /// - Parameters:
    ///   - keyID: The key's ID, 1…1024 bytes.
    ///   - key: The key in base64, in either alphabet, with padding or without; 1…1024 bytes.
    /// - Returns: `nil` if one of them is malformed.
    public init?(keyID: String, key: String) {
        guard (1...1024).contains(keyID.utf8.count), let bytes = Base64URL.decode(key), (1...1024).contains(bytes.count)
        else { return nil }
        self.keyID = keyID
        self.key = bytes
    }
}

extension ACMEAccountBinding: CustomStringConvertible, CustomReflectable {
    /// Prints without the key.
    public var description: String { self.keyID }
    public var customMirror: Mirror { Mirror(self, children: ["keyID": self.keyID]) }
}
