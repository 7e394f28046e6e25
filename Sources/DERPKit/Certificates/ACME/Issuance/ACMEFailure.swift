/// Why a certificate could not be had.
struct ACMEFailure: Error, Hashable, CustomStringConvertible {
    /// One line; the server's own words in it are cut and harmless.
    let description: String
    /// How long the server wants to be left alone.
    var retryAfter: Duration?

    init(_ description: String, retryAfter: Duration? = nil) {
        self.description = OutsideText.line(description, limit: 1000)
        self.retryAfter = retryAfter
    }
}
