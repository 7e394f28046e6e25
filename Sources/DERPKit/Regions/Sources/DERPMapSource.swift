/// The source of a part of the map: a file, a URL, or a pipe.
package enum DERPMapSource: Hashable, Sendable {
    case file(String)
    case url(HTTPURL)
    /// The standard input of a command, up to its end: `-`.
    case standardInput

    /// Reads a source from a command line or a configuration. Text that begins with a scheme is a URL, everything else
    /// a path.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration` for a URL that isn't one of `http` or `https`.
    package init(_ text: String) throws(DERPError) {
        guard text.contains("://") else {
            self = .file(text)
            return
        }
        guard let url = HTTPURL(text) else {
            throw DERPError(.invalidConfiguration, "\(HTTPURL.quote(text)) is not an http or https URL")
        }
        self = .url(url)
    }
}

extension DERPMapSource: CustomStringConvertible {
    /// The path, or the URL without its query, which may contain a secret.
    package var description: String {
        switch self {
        case .file(let path): path
        case .url(let url): url.description
        case .standardInput: "standard input"
        }
    }
}
