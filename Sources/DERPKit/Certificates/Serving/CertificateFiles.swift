import Logging

/// The files of all hosts of a server, and the set of their certificates.
public struct CertificateFiles: Sendable {
    /// One for each host.
    package let files: [CertificateFile]
    /// The certificates for clients.
    public let certificates: CertificateSet

    /// Reads the files of each host in `directory`. The first host is the default.
    ///
    /// - Throws: As ``Certificate/init(directory:host:)`` and ``CertificateSet/init(hosts:)``.
    public init(directory: String, hosts: [String]) throws(DERPError) {
        try self.init(directory: directory, hosts: hosts, kind: .any)
    }

    /// Reads the files of each host in `directory`, which must hold certificates of this `kind`.
    package init(directory: String, hosts: [String], kind: CertificateFile.Kind) throws(DERPError) {
        let certificates = try CertificateSet(hosts: hosts)
        var files = [CertificateFile]()
        for host in hosts {
            let file = try CertificateFile(directory: directory, host: host, kind: kind)
            try certificates.replace(file.certificate, for: host)
            files.append(file)
        }
        self.files = files
        self.certificates = certificates
    }

    /// Checks the files for changes every `interval`, until the task is cancelled. A change counts at the second check.
    ///
    /// - Parameters:
    ///   - interval: The pause between two checks. More than zero.
    ///   - logger: Gets a line about each change.
    ///   - onChange: Called when a certificate was replaced.
    package func watch(
        every interval: Duration = .seconds(1),
        logger: Logger,
        onChange: @Sendable () async -> Void = {}
    ) async {
        while (try? await Task.sleep(for: interval)) != nil {
            if self.refresh(logger: logger) { await onChange() }
        }
    }

    /// Reads the files again if they have changed, or in any case, and logs the result.
    ///
    /// - Returns: Whether a certificate was replaced.
    @discardableResult
    package func refresh(atOnce: Bool = false, logger: Logger) -> Bool {
        var hasChanged = false
        for file in self.files {
            switch file.refresh(atOnce: atOnce) {
            case .unchanged: break
            case .reloaded(let certificate): hasChanged = self.use(certificate, of: file, logger: logger) || hasChanged
            case .failed(let problem): self.refuse(problem, of: file, logger: logger)
            }
        }
        return hasChanged
    }

    private func use(_ certificate: Certificate, of file: CertificateFile, logger: Logger) -> Bool {
        do {
            try self.certificates.replace(certificate, for: file.host)
        } catch {
            self.refuse(error.message, of: file, logger: logger)
            return false
        }
        logger.info(
            "Read a certificate again",
            metadata: ["name": "\(file.host)", "expires": "\(certificate.expiryText)", "pin": "\(certificate.pin)"]
        )
        return true
    }

    private func refuse(_ problem: String, of file: CertificateFile, logger: Logger) {
        self.certificates.noteProblem(problem, for: file.host)
        logger.error(
            "A certificate can't be used: the previous one stays",
            metadata: ["name": "\(file.host)", "problem": "\(problem)"]
        )
    }
}
