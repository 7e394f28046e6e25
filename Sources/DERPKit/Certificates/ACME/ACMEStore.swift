import IPAddresses
import Glibc

/// Stores an account's key and certificates in a directory, under the names and in the form that derper's autocert
/// uses, so that either server can continue with the other's files. A certificate is one file, with its key first, and
/// so is never inconsistent.
struct ACMEStore: Sendable {
    let directory: String

    /// Returns the account's key. Makes it if there is none, and stores it if asked to.
    func accountKey(stores: Bool = true) throws(DERPError) -> ACMEAccountKey {
        let path = self.path("acme_account+key")
        do {
            let text = try FileReader.text(at: path, limit: Certificate.maximumFileSize)
            return try ACMEAccountKey(pem: text)
        } catch let error as FileError where error.isMissing {
            return try self.newAccountKey(at: path, stores: stores)
        } catch {
            throw DERPError(.certificate, "can't use the account's key in \(path): \(error)")
        }
    }

    private func newAccountKey(at path: String, stores: Bool) throws(DERPError) -> ACMEAccountKey {
        let key: ACMEAccountKey
        let text: String
        do {
            key = try ACMEAccountKey()
            text = try key.pem()
        } catch {
            throw DERPError(.certificate, "can't make a key for the account: \(error)")
        }
        if stores {
            try self.write(text, to: path, existing: .keep)
        } else {
            try self.checkWritable()
        }
        return key
    }

    /// - Throws: ``DERPError`` with code `certificate` if nothing can be written there, as far as permissions tell.
    func checkWritable() throws(DERPError) {
        do {
            try AtomicFile.checkWritable(self.path("acme_account+key"))
        } catch {
            throw DERPError(.certificate, "can't write to \(self.directory): \(error)")
        }
    }

    /// Returns a stored certificate, and whether it came from the server at `directoryURL` or from an unknown one.
    func certificate(
        for host: CertificateHost,
        from directoryURL: String
    ) throws(DERPError) -> (certificate: Certificate, isFromThere: Bool)? {
        let path = self.path(Self.name(of: host))
        let text: String
        do {
            text = try FileReader.text(at: path, limit: Certificate.maximumFileSize)
        } catch  where error.isMissing {
            return nil
        } catch {
            throw DERPError(.certificate, "can't read \(path): \(error)")
        }
        let source = Certificate.Source(name: path, text: text)
        let certificate = try Certificate(chain: source, key: source)
        guard try certificate.leaf().isValid(for: host) else {
            throw DERPError(.certificate, "the certificate in \(path) is not for \(host.text)")
        }
        let origin = text.parts(at: "\n").lazy.compactMap { $0.rest(after: Self.originMark) }.first
        return (certificate, origin.map { $0.equals(directoryURL) } ?? true)
    }

    func store(_ certificate: Certificate, for host: CertificateHost, from directoryURL: String) throws(DERPError) {
        let text = "\(Self.originMark)\(directoryURL)\n\(certificate.privateKeyPEM)\(certificate.chainPEM)"
        try self.write(text, to: self.path(Self.name(of: host)), existing: .replace)
    }

    /// Readers of the file skip text before the first PEM block.
    private static let originMark = "Issued by "

    private static func name(of host: CertificateHost) -> String {
        // As derper does: no colons in file names.
        host.key.replacing(":", by: ".")
    }

    private func path(_ name: String) -> String {
        self.directory.ends(with: "/") ? self.directory + name : "\(self.directory)/\(name)"
    }

    private func write(_ text: String, to path: String, existing: AtomicFile.Existing) throws(DERPError) {
        do {
            try AtomicFile.write(text, to: path, mode: 0o600, existing: existing)
        } catch {
            throw DERPError(.certificate, "can't write \(path): \(error)")
        }
    }
}

extension ACMEConfiguration {
    /// Returns the paths of the account's key and of the certificates of `hosts`, each with its key, in `directory`.
    package static func secretPaths(of hosts: [String], in directory: String) -> [String] {
        ACMEStore(directory: directory).secretPaths(of: hosts.compactMap { CertificateHost($0) })
    }
}

extension ACMEStore {
    fileprivate func secretPaths(of hosts: [CertificateHost]) -> [String] {
        [self.path("acme_account+key")] + hosts.map { self.path(Self.name(of: $0)) }
    }
}
