import IPAddresses
import HTTPTypes

extension DERPMapSource {
    /// The validators of a server's answer, for asking again only for a different one (RFC 9110 §8.8).
    package struct Validators: Hashable, Sendable {
        package var entityTag: String?
        package var lastModified: String?

        package init(entityTag: String? = nil, lastModified: String? = nil) {
            self.entityTag = entityTag
            self.lastModified = lastModified
        }
    }

    /// The result of asking a source.
    package enum Answer: Hashable, Sendable {
        case text(String, Validators)
        /// A server still has the content that its validators identify.
        case unchanged
    }

    /// Reads the file, or fetches the URL: at most 5 MiB, and within 10 s.
    ///
    /// - Parameter waits: Whether a file may be a pipe, whose end is waited for.
    /// - Throws: ``DERPError``: `invalidConfiguration` for a file that can't be read, otherwise as
    ///   ``HTTPClient/send(_:limits:)``.
    package func load(
        by client: HTTPClient?,
        unless known: Validators = .init(),
        waits: Bool = false
    ) async throws(DERPError) -> Answer {
        switch self {
        case .file(let path):
            return try self.read { () throws(FileError) in
                try waits
                    ? FileReader.streamedText(at: path, limit: DERPMapLimits.size)
                    : FileReader.text(at: path, limit: DERPMapLimits.size)
            }
        case .standardInput:
            return try self.read { () throws(FileError) in
                try FileReader.standardInputText(limit: DERPMapLimits.size)
            }
        case .url(let url):
            guard let client else { throw DERPError(.invalidConfiguration, "\(url) can't be fetched here") }
            return try await Self.fetch(url, by: client, unless: known)
        }
    }

    private func read(_ text: () throws(FileError) -> String) throws(DERPError) -> Answer {
        do {
            return .text(try text(), Validators())
        } catch {
            throw DERPError(reading: self, error, as: .invalidConfiguration)
        }
    }

    private static func fetch(
        _ url: HTTPURL,
        by client: HTTPClient,
        unless known: Validators
    ) async throws(DERPError) -> Answer {
        var fields = HTTPFields()
        fields[.ifNoneMatch] = known.entityTag
        fields[.ifModifiedSince] = known.lastModified
        let response = try await client.send(
            .init(.get, url, fields: fields),
            limits: .init(bodySize: DERPMapLimits.size)
        )
        if response.status == 304, known != Validators() { return .unchanged }
        guard response.status == 200 else {
            throw DERPError(.connection, "\(url): the server answers with HTTP status \(response.status)")
        }
        guard let text = String(validating: response.body, as: UTF8.self) else {
            throw DERPError(.invalidConfiguration, "\(url): the answer is not UTF-8 text")
        }
        let validators = Validators(
            entityTag: response.fields[.eTag],
            lastModified: response.fields[.lastModified]
        )
        return .text(text, validators)
    }

    /// How to read the source's text. A file's name may say it.
    package var form: DERPMapDocument.Form? {
        guard case .file(let path) = self else { return nil }
        let name = path.lowercasedASCII
        if name.ends(with: ".json") { return .json }
        return name.ends(with: ".yaml") || name.ends(with: ".yml") ? .yaml : nil
    }
}
