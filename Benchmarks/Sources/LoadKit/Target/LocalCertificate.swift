import AsyncSockets
import DERPKit
import FoundationEssentials

/// A certificate for 127.0.0.1 that no client trusts.
public struct LocalCertificate: Sendable {
    package let chainPEM: String
    package let privateKeyPEM: String

    /// Makes the certificate as files in `directory`.
    public init(in directory: String) throws {
        let host = "127.0.0.1"
        _ = try Certificate.selfSigned(for: host, directory: directory)
        self.chainPEM = TextFile.read("\(directory)/\(host).crt")
        self.privateKeyPEM = TextFile.read("\(directory)/\(host).key")
    }

    /// Returns the TLS context for a server with this certificate.
    public func serverTLS() throws -> TLSContext {
        try TLSContext(serverChainPEM: self.chainPEM, privateKeyPEM: self.privateKeyPEM)
    }

    /// Writes the certificate and the key into one file, as HAProxy needs them.
    func write(to path: String) throws {
        let data = Data((self.chainPEM + self.privateKeyPEM).utf8)
        guard FileManager.default.createFile(atPath: path, contents: data, attributes: [.posixPermissions: 0o600])
        else {
            throw LoadError("\(path) can't be written")
        }
    }
}
