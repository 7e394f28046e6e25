import Glibc
import Synchronization

/// The certificate and key files of one host, which may change while they are in use.
///
/// The last good certificate stays in use if the files break, don't belong together, or disappear.
public final class CertificateFile: Sendable {
    /// The host that the certificate is for.
    public let host: String
    private let directory: String
    private let paths: CertificatePaths
    private let kind: Kind
    private let state: Mutex<State>

    /// The kind of certificate that may be in the files.
    public enum Kind: Hashable, Sendable {
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

    private struct State {
        var certificate: Certificate
        /// The stamps of the files that ``certificate`` is from, or that couldn't be used.
        var known: Stamp?
        /// The stamps at the last check.
        var seen: Stamp?
        var problem: String?
    }

    /// The result of reading the files again.
    package enum Refresh: Sendable {
        /// The files are unchanged.
        case unchanged
        /// The files were read, and contain this certificate.
        case reloaded(Certificate)
        /// The files can't be used, for this reason. The previous certificate stays. Reported once, until the reason
        /// changes.
        case failed(String)
    }

    /// Reads the files of `host` in `directory`.
    ///
    /// - Throws: As ``Certificate/init(directory:host:)``, and if the certificate isn't of this `kind`.
    public init(directory: String, host: String, kind: Kind = .any) throws(DERPError) {
        self.host = host
        self.directory = directory
        self.paths = CertificatePaths(directory: directory, host: try CertificateHost.parse(host))
        self.kind = kind
        let stamp = Stamp(self.paths)
        let certificate = try Self.read(directory, host, self.paths, kind)
        self.state = Mutex(State(certificate: certificate, known: stamp))
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
    package var certificate: Certificate { self.state.withLock { $0.certificate } }

    /// Reads the files if they have changed since they were last read.
    ///
    /// A change counts when two checks in a row have seen the same. This gives a program time to write the two files,
    /// one after the other.
    ///
    /// - Parameters:
    ///   - atOnce: Whether to read in any case.
    ///   - now: The time for judging certificates, in seconds since 1970.
    package func refresh(atOnce: Bool = false, now: Int = time(nil)) -> Refresh {
        let stamp = Stamp(self.paths)
        let isDue = self.state.withLock { state in
            defer { state.seen = stamp }
            return atOnce || stamp != state.known && stamp == state.seen
        }
        guard isDue else { return .unchanged }
        let result = Result { () throws(DERPError) in
            try Self.read(self.directory, self.host, self.paths, self.kind)
        }
        return self.state.withLock { state in
            state.known = stamp
            switch result.flatMap({ Self.judge($0, against: state.certificate, now: now, paths: self.paths) }) {
            case .success(let certificate):
                let isNew = certificate != state.certificate || state.problem != nil
                state.certificate = certificate
                state.problem = nil
                return isNew || atOnce ? .reloaded(certificate) : .unchanged
            case .failure(let error):
                // A certificate that begins later is checked until it has begun.
                if case .success(let certificate) = result, now < certificate.validSeconds.lowerBound {
                    state.known = nil
                }
                let isNew = error.message != state.problem
                state.problem = error.message
                return isNew || atOnce ? .failed(error.message) : .unchanged
            }
        }
    }

    /// A certificate that is out of date never replaces one that is current.
    private static func judge(
        _ certificate: Certificate,
        against former: Certificate,
        now: Int,
        paths: CertificatePaths
    ) -> Result<Certificate, DERPError> {
        guard former.validSeconds.contains(now), !certificate.validSeconds.contains(now) else {
            return .success(certificate)
        }
        let reason = now < certificate.validSeconds.lowerBound ? "is not valid yet" : "has expired"
        return .failure(DERPError(.certificate, "the certificate in \(paths.chain) \(reason)"))
    }
}
