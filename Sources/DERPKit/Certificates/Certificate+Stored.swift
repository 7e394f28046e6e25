import Glibc

extension Certificate {
    /// A certificate that is kept in a directory, and how it came to be there.
    public struct Stored: Sendable {
        /// How the certificate came to be there.
        public enum Origin: String, Hashable, Sendable {
            /// It was there and is valid: nothing was written.
            case found
            /// There was none, so it was made.
            case made
            /// The one there had expired, so it was made anew with the same key. Its pin is new.
            case renewed
            /// The one there was for another host, so it was made anew with the same key. Its pin is new.
            case renamed
        }

        public let certificate: Certificate
        public let origin: Origin
    }

    /// Keeps a self-signed certificate for `host` as `<directory>/<host>.crt` and `.key`, the name with only its letters,
    /// digits, hyphens and dots: makes it when it is missing, with a P-256 key and valid for ten years, and never makes it
    /// anew while it is valid for `host`.
    ///
    /// The key file has mode 0600; a missing directory is made with mode 0700.
    ///
    /// - Parameters:
    ///   - host: The DNS name, or the IP literal without brackets, that clients connect to.
    ///   - directory: Where the pair is kept.
    /// - Throws: ``DERPError`` with code `certificate` when `host` is neither, a file can't be read or written, the key
    ///   of a certificate is missing or another's, or a certificate is there that is not self-signed.
    public static func selfSigned(for host: String, directory: String) throws -> Stored {
        try Self.selfSigned(for: host, directory: directory, now: time(nil))
    }

    /// The certificate that ``selfSigned(for:directory:)`` would find there; `nil` when it would make one. Nothing is
    /// written.
    ///
    /// - Throws: As that does.
    public static func storedSelfSigned(for host: String, directory: String) throws -> Certificate? {
        let host = try CertificateHost.parse(host)
        let paths = CertificatePaths(directory: directory, host: host)
        return try SelfSignedStore(host: host, paths: paths, now: time(nil)).find()
    }

    static func selfSigned(for host: String, directory: String, now: time_t) throws -> Stored {
        let host = try CertificateHost.parse(host)
        let paths = CertificatePaths(directory: directory, host: host)
        return try SelfSignedStore(host: host, paths: paths, now: now).load()
    }
}
