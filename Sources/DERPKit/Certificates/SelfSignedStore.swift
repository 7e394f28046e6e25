import Glibc

/// Keeps a host's self-signed certificate in a directory, so that its pin stays the same from start to start.
///
/// The key is written first, then the certificate, each in one step, and a renewal keeps the key. So whenever the power
/// fails, the next start finds a pair that it can use or complete.
struct SelfSignedStore {
    let host: CertificateHost
    let paths: CertificatePaths
    /// The time of the call, in seconds since 1970.
    let now: time_t

    /// Reads the pair. Makes what is missing or out of date.
    func load() throws(DERPError) -> Certificate.Stored {
        switch try self.look() {
        case .good(let certificate):
            return Certificate.Stored(certificate: certificate, origin: .found)
        case .missing(let hasKey):
            if !hasKey { try self.writeKey() }
            return try self.make(existing: .keep, origin: .made)
        case .expired: return try self.make(existing: .replace, origin: .renewed)
        case .ofAnotherHost: return try self.make(existing: .replace, origin: .renamed)
        }
    }

    /// Reads the pair. Returns `nil` if ``load()`` would make one, and could write it.
    func find() throws(DERPError) -> Certificate? {
        if case .good(let certificate) = try self.look() { return certificate }
        do {
            try AtomicFile.checkWritable(self.paths.chain)
            return nil
        } catch {
            throw DERPError(.certificate, "can't write \(self.paths.chain): \(error)")
        }
    }

    private enum Finding {
        case missing(hasKey: Bool)
        case good(Certificate)
        case expired, ofAnotherHost
    }

    private func look() throws(DERPError) -> Finding {
        let hasChain = access(self.paths.chain, F_OK) == 0
        let hasKey = access(self.paths.key, F_OK) == 0
        guard hasChain else { return .missing(hasKey: hasKey) }
        guard hasKey else {
            throw DERPError(
                .certificate,
                "\(self.paths.chain) is there but its key \(self.paths.key) is not: restore it, or move both away"
            )
        }
        let certificate = try Certificate(chainFile: self.paths.chain, keyFile: self.paths.key)
        try certificate.requireSelfSigned(in: self.paths)
        let leaf = try certificate.leaf()
        if leaf.isExpired(at: self.now) { return .expired }
        return leaf.isValid(for: self.host) ? .good(certificate) : .ofAnotherHost
    }

    private func writeKey() throws(DERPError) {
        do {
            let text = try SigningKey.p256().pem()
            try AtomicFile.write(text, to: self.paths.key, mode: 0o600, existing: .keep)
        } catch let error as FileError where error.isExisting {
            // Another process was quicker; its key counts.
        } catch {
            throw DERPError(.certificate, "can't write \(self.paths.key): \(error)")
        }
    }

    private func make(
        existing: AtomicFile.Existing,
        origin: Certificate.Stored.Origin
    ) throws(DERPError) -> Certificate.Stored {
        let key = try Certificate.Source(file: self.paths.key).signingKey()
        do {
            let certificate = try Certificate.selfSigned(for: self.host, key: key, now: self.now)
            try AtomicFile.write(certificate.chainPEM, to: self.paths.chain, mode: 0o644, existing: existing)
            return Certificate.Stored(certificate: certificate, origin: origin)
        } catch let error as FileError where error.isExisting {
            let certificate = try Certificate(chainFile: self.paths.chain, keyFile: self.paths.key)
            return Certificate.Stored(certificate: certificate, origin: .found)
        } catch {
            throw DERPError(.certificate, "can't write \(self.paths.chain): \(error)")
        }
    }
}

extension Certificate {
    /// - Throws: ``DERPError`` with code `certificate` if another key has signed it, because no map pins it then.
    func requireSelfSigned(in paths: CertificatePaths) throws(DERPError) {
        guard self.isSelfSigned else {
            throw DERPError(
                .certificate,
                "\(paths.chain) is not self-signed: to serve it, choose manual certificates"
            )
        }
    }
}
