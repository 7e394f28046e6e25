/// Decides which clients may use a relay.
///
/// A relay asks a verifier during a client's login, between ClientInfo and ServerInfo. It doesn't ask if it remembers
/// the answer, or if the same question is already open. It asks again at ``AdmissionPolicy/reverifyInterval`` for as
/// long as the client is connected, and never about packets.
///
/// A verifier is called outside the event loops, for many clients at once. It may take its time, because only the
/// client in question waits. ``AdmissionPolicy`` limits the time and the number of open questions, and remembers
/// answers.
public protocol ClientVerifier: Sendable {
    /// Returns whether the client may use the relay.
    ///
    /// A verifier that can't tell returns a decision too, for example ``AdmissionDecision/Reason/unavailable``.
    func decide(on request: AdmissionRequest) async -> AdmissionDecision
}
