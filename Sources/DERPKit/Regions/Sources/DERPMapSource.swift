/// Where a part of the map is from: a file, a URL that is fetched, or a pipe.
package enum DERPMapSource: Hashable, Sendable {
    case file(String)
    case url(HTTPURL)
    /// What comes to a command, up to its end: `-`.
    case standardInput

    /// Reads what a command line or a configuration says: what begins with a scheme is a URL, everything else a path.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration` for a URL that isn't one of `http` or `https`.
    package init(_ text: String) throws(DERPError) {
        guard text.contains("://") else {
            self = .file(text)
            return
        }
        guard let url = HTTPURL(text) else {
            throw DERPError(.invalidConfiguration, "\(HTTPURL.quote(text)) is no URL of http or https")
        }
        self = .url(url)
    }
}

extension DERPMapSource: CustomStringConvertible {
    /// The path, or the URL without its query, which may hold a secret.
    package var description: String {
        switch self {
        case .file(let path): path
        case .url(let url): url.description
        case .standardInput: "standard input"
        }
    }
}
