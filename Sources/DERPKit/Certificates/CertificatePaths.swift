import AsyncSockets

/// Where the certificate and the key of one host lie.
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
    /// Where the private key of `host` lies in `directory`; `nil` for what is no host.
    package static func keyPath(of host: String, in directory: String) -> String? {
        CertificateHost(host).map { CertificatePaths(directory: directory, host: $0).key }
    }
}
