import Glibc

/// The certificate and key files of one host, which may change while they are in use.
///
/// The last good certificate stays in use if the files break, don't belong together, or disappear.
package final class CertificateFile: Sendable {
    /// The host that the certificate is for.
    package let host: String
    private let paths: CertificatePaths
    private let file: WatchedFile<Stamp, Certificate>

    /// The kind of certificate that may be in the files.
    package enum Kind: Hashable, Sendable {
        /// Any chain, self-signed or not.
        case any
        /// A certificate that nobody else has signed, as ``Certificate/selfSigned(for:directory:)`` stores it.
        case selfSigned
    }

    /// The stamps that show a change of either file.
    private struct Stamp: Hashable {
        let chain: FileStamp?
        let key: FileStamp?

        init(_ paths: CertificatePaths) {
            self.chain = FileStamp(of: paths.chain)
            self.key = FileStamp(of: paths.key)
        }
    }

    /// Reads the files of `host` in `directory`.
    ///
    /// - Throws: As ``Certificate/init(directory:host:)``, and if the certificate isn't of this `kind`.
    package init(directory: String, host: String, kind: Kind = .any) throws(DERPError) {
        let paths = CertificatePaths(directory: directory, host: try CertificateHost.parse(host))
        self.host = host
        self.paths = paths
        self.file = try WatchedFile(
            stamp: { Stamp(paths) },
            read: { () throws(DERPError) in try Self.read(directory, host, paths, kind) }
        )
    }

    private static func read(
        _ directory: String,
        _ host: String,
        _ paths: CertificatePaths,
        _ kind: Kind
    ) throws(DERPError) -> Certificate {
        let certificate = try Certificate(directory: directory, host: host)
        if kind == .selfSigned { try certificate.requireSelfSigned(in: paths) }
        return certificate
    }

    /// The last certificate that was read and could be used.
    package var certificate: Certificate { self.file.value }

    /// Reads the files if they have changed since they were last read.
    ///
    /// A change counts when two checks in a row have seen the same. This gives a program time to write the two files,
    /// one after the other.
    ///
    /// - Parameters:
    ///   - atOnce: Whether to read in any case.
    ///   - now: The time for judging certificates, in seconds since 1970.
    package func refresh(atOnce: Bool = false, now: Int = time(nil)) -> FileRefresh<Certificate> {
        self.file.refresh(atOnce: atOnce) { self.refusal(of: $0, after: $1, now: now) }
    }

    /// A certificate that is out of date never replaces one that is valid.
    private func refusal(
        of certificate: Certificate,
        after previous: Certificate,
        now: Int
    ) -> WatchedFile<Stamp, Certificate>.Refusal? {
        guard previous.validSeconds.contains(now), !certificate.validSeconds.contains(now) else { return nil }
        // The files are read again until a certificate that begins later has begun.
        let isEarly = now < certificate.validSeconds.lowerBound
        let reason = isEarly ? "is not valid yet" : "has expired"
        return .init(message: "the certificate in \(self.paths.chain) \(reason)", mayPass: isEarly)
    }
}
