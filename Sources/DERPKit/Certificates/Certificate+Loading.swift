extension Certificate {
    /// The maximum size of a certificate or key file, in bytes.
    static let maximumFileSize = 1 << 20

    /// Makes a certificate from a chain, with the server's own certificate first, and that certificate's key, both as
    /// PEM.
    ///
    /// - Throws: ``DERPError`` with code `certificate` if either can't be parsed, the key is encrypted, or it belongs
    ///   to another certificate.
    public init(chainPEM: String, privateKeyPEM: String) throws(DERPError) {
        try self.init(
            chain: Source(name: "the certificate chain", text: chainPEM),
            key: Source(name: "the private key", text: privateKeyPEM)
        )
    }

    /// Reads a chain and its key from PEM files of at most 1 MiB each.
    ///
    /// - Throws: ``DERPError`` with code `certificate` and the file's path if one can't be read or parsed, the key is
    ///   encrypted, or it belongs to another certificate.
    public init(chainFile: String, keyFile: String) throws(DERPError) {
        try self.init(chain: Source(file: chainFile), key: Source(file: keyFile))
    }

    /// Reads `<directory>/<host>.crt` and `<directory>/<host>.key`, where derper's manual mode looks for them: the name
    /// with only its letters, digits, hyphens and dots.
    ///
    /// - Parameters:
    ///   - directory: Where the files are.
    ///   - host: The DNS name or IP address that clients connect to.
    /// - Throws: ``DERPError`` with code `certificate`, as ``init(chainFile:keyFile:)`` does, or if the certificate
    ///   isn't for `host`.
    public init(directory: String, host: String) throws(DERPError) {
        let host = try CertificateHost.parse(host)
        let paths = CertificatePaths(directory: directory, host: host)
        try self.init(chainFile: paths.chain, keyFile: paths.key)
        guard try self.leaf().isValid(for: host) else {
            throw DERPError(.certificate, "the certificate in \(paths.chain) is not for \(host.text)")
        }
    }

    /// The server's own certificate.
    func leaf() throws(DERPError) -> X509Certificate {
        guard let leaf = try Source(name: "the certificate chain", text: self.chainPEM).certificates().first else {
            throw DERPError(.certificate, "the certificate chain is empty")
        }
        return leaf
    }

    init(chain chainSource: Source, key keySource: Source) throws(DERPError) {
        let chain = try chainSource.certificates()
        guard let leaf = chain.first else {
            throw DERPError(.certificate, "\(chainSource.name) holds no PEM certificate")
        }
        let key = try keySource.signingKey()
        guard key.matches(leaf) else {
            throw DERPError(
                .certificate,
                "\(keySource.name) is not the key of the first certificate in \(chainSource.name)"
            )
        }
        do {
            try self.init(chain: chain, leaf: leaf, key: key)
        } catch {
            throw DERPError(.certificate, "can't use \(chainSource.name): \(error)")
        }
    }
}

extension Certificate {
    /// A PEM text, and its name for errors.
    struct Source {
        let name: String
        let text: String

        init(name: String, text: String) {
            self.name = name
            self.text = text
        }

        init(file: String) throws(DERPError) {
            self.name = file
            do {
                self.text = try FileReader.text(at: file, limit: Certificate.maximumFileSize)
            } catch {
                throw DERPError(reading: file, error, as: .certificate)
            }
        }

        func certificates() throws(DERPError) -> [X509Certificate] {
            do {
                return try X509Certificate.chain(fromPEM: self.text)
            } catch {
                throw DERPError(.certificate, "\(self.name) holds a damaged certificate: \(error)")
            }
        }

        func signingKey() throws(DERPError) -> SigningKey {
            do {
                return try SigningKey.read(fromPEM: self.text)
            } catch {
                guard !self.text.holds("ENCRYPTED") else {
                    throw DERPError(
                        .certificate,
                        "\(self.name) is encrypted: store it without a password"
                    )
                }
                throw DERPError(.certificate, "\(self.name) holds no usable private key: \(error)")
            }
        }
    }
}
