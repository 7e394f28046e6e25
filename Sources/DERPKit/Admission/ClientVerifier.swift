/// Decides which clients may use a relay.
///
/// A verifier is asked at a client's login, between its ClientInfo and the server's ServerInfo, unless its answer about the
/// client is remembered or somebody else is asking already; and again at ``AdmissionPolicy/reverifyInterval`` for as long as the
/// client is connected. Never about packets. It is called on no event loop, by many clients at once, and may take its time:
/// whoever waits is one client. ``AdmissionPolicy`` bounds how long, and for how many at once, and remembers answers.
public protocol ClientVerifier: Sendable {
    /// Whether the client may use the relay.
    ///
    /// To be unable to tell is a decision too, such as ``AdmissionDecision/Reason/unavailable``.
    func decide(on request: AdmissionRequest) async -> AdmissionDecision
}
