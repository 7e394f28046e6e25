import IPAddresses

/// The paths of the certificate and the key of one host.
struct CertificatePaths: Hashable {
    let chain: String
    let key: String

    init(directory: String, host: CertificateHost) {
        let base = directory.ends(with: "/") ? directory + host.fileName : "\(directory)/\(host.fileName)"
        self.chain = base + ".crt"
        self.key = base + ".key"
    }
}

extension Certificate {
    /// Returns the path of the private key of `host` in `directory`, or `nil` if it isn't a host.
    package static func keyPath(of host: String, in directory: String) -> String? {
        CertificateHost(host).map { CertificatePaths(directory: directory, host: $0).key }
    }
}
