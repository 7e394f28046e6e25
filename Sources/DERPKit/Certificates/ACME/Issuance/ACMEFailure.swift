/// The reason why a certificate couldn't be obtained.
struct ACMEFailure: Error, Hashable, CustomStringConvertible {
    /// One line. The server's own words in it are cut and harmless.
    let description: String
    /// How long the server doesn't want to be asked again.
    var retryAfter: Duration?

    init(_ description: String, retryAfter: Duration? = nil) {
        self.description = OutsideText.line(description, limit: 1000)
        self.retryAfter = retryAfter
    }
}
