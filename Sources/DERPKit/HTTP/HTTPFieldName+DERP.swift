import HTTPTypes

/// Field names that HTTPTypes doesn't have, or hides in favour of its own types.
extension HTTPField.Name {
    static let derpFastStart = Self("Derp-Fast-Start")!
    static let forwardedFor = Self("X-Forwarded-For")!
    static let frameOptions = Self("X-Frame-Options")!
    static let hostLine = Self("Host")!
    static let idealNode = Self("Ideal-Node")!
    static let realIP = Self("X-Real-IP")!
    static let replayNonce = Self("Replay-Nonce")!
    static let tailscaleChallenge = Self("X-Tailscale-Challenge")!
    static let tailscaleResponse = Self("X-Tailscale-Response")!

    /// The fields that proxies add: RFC 7239, RFC 9110 §7.6.3, and older conventions.
    static let proxyMarks: [Self] = [
        .via, Self("Forwarded")!, .forwardedFor, Self("X-Forwarded-Host")!, Self("X-Forwarded-Proto")!, .realIP,
    ]
}
