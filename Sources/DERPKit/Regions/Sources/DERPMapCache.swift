import IPAddresses

/// Fetched maps on disk, so that a start without the network has the previous ones.
struct DERPMapCache: Sendable {
    let directory: String

    /// A file is two lines, the entity tag and the date, and then the map.
    private static let sizeLimit = DERPMapLimits.size + (64 << 10)

    /// Returns what is stored for `url`, or `nil` if there is nothing or it can't be read.
    func read(_ url: HTTPURL) -> (text: String, validators: DERPMapSource.Validators)? {
        guard let file = try? FileReader.text(at: self.path(of: url), limit: Self.sizeLimit) else { return nil }
        let parts = file.parts(at: "\n", atMost: 3)
        guard parts.count == 3 else { return nil }
        let validators = DERPMapSource.Validators(
            entityTag: parts[0].isEmpty ? nil : String(parts[0]),
            lastModified: parts[1].isEmpty ? nil : String(parts[1])
        )
        return (String(parts[2]), validators)
    }

    func write(_ text: String, _ validators: DERPMapSource.Validators, of url: HTTPURL) throws(FileError) {
        let head = "\(validators.entityTag ?? "")\n\(validators.lastModified ?? "")\n"
        try AtomicFile.write(head + text, to: self.path(of: url), mode: 0o600, existing: .replace)
    }

    /// A digest, because a URL has characters that file names can't have, and may contain a secret.
    private func path(of url: HTTPURL) -> String {
        "\(self.directory)/\(Hex.encode(SHA256.digest(of: Array(url.text.utf8)).prefix(16))).map"
    }
}
