import Glibc

extension Certificate {
    /// A certificate that is stored in a directory, and how it was obtained.
    package struct Stored: Sendable {
        /// How the certificate was obtained. More ways may be added in later versions.
        package struct Origin: Hashable, Sendable {
            package enum Kind {
                case found, made, renewed, renamed
            }

            package let kind: Kind

            /// It was there and is valid. Nothing was written.
            package static let found = Self(kind: .found)
            /// There was none, so it was made.
            package static let made = Self(kind: .made)
            /// The stored one had expired, so it was made again with the same key. Its pin is new.
            package static let renewed = Self(kind: .renewed)
            /// The stored one was for another host, so it was made again with the same key. Its pin is new.
            package static let renamed = Self(kind: .renamed)
        }

        /// The certificate, with its key.
        package let certificate: Certificate
        /// Whether it was there, or was made.
        package let origin: Origin
    }

    /// Keeps a self-signed certificate for `host` as `<directory>/<host>.crt` and `.key`, the name with only its
    /// letters, digits, hyphens and dots. Makes it if it is missing, with a P-256 key and valid for ten years, and
    /// never makes it again while it is valid for `host`.
    ///
    /// The key file has mode 0600. A missing directory is created with mode 0700.
    ///
    /// - Parameters:
    ///   - host: The DNS name, or the IP literal without brackets, that clients connect to.
    ///   - directory: Where the pair is stored.
    /// - Throws: ``DERPError`` with code `certificate` if `host` is neither, a file can't be read or written, the key
    ///   of a certificate is missing or belongs to another one, or the stored certificate isn't self-signed.
    public static func selfSigned(for host: String, directory: String) throws(DERPError) -> Certificate {
        try Self.selfSigned(for: host, directory: directory, now: time(nil)).certificate
    }

    /// Returns the certificate that ``selfSigned(for:directory:)`` would find there, or `nil` if it would make one.
    /// Writes nothing.
    ///
    /// - Throws: As ``selfSigned(for:directory:)`` does.
    package static func storedSelfSigned(for host: String, directory: String) throws(DERPError) -> Certificate? {
        let host = try CertificateHost.parse(host)
        let paths = CertificatePaths(directory: directory, host: host)
        return try SelfSignedStore(host: host, paths: paths, now: time(nil)).find()
    }

    /// Does the same as ``selfSigned(for:directory:)``, and says how the certificate was obtained.
    package static func selfSigned(for host: String, directory: String, now: time_t) throws(DERPError) -> Stored {
        let host = try CertificateHost.parse(host)
        let paths = CertificatePaths(directory: directory, host: host)
        return try SelfSignedStore(host: host, paths: paths, now: now).load()
    }
}
