/// Where the certificate and the key of one host lie.
struct CertificatePaths: Hashable {
    let chain: String
    let key: String

    init(directory: String, host: CertificateHost) {
        let base = directory.hasSuffix("/") ? directory + host.fileName : "\(directory)/\(host.fileName)"
        self.chain = base + ".crt"
        self.key = base + ".key"
    }
}
