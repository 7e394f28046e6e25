import AsyncSockets
import Logging

extension RelaySession {
    /// Asks whether the client may come in, and returns the decision if it may. A mesh peer always may. Throws when the
    /// client is refused, so that it is turned away.
    ///
    /// The deadline of the handshake's last step limits this too.
    func admit(_ login: DERPLogin, _ trace: LoginTrace) async throws(Ending) -> AdmissionDecision {
        guard let gatekeeper = self.context.gatekeeper, !login.isMeshPeer else { return .allow }
        let request = self.request(of: login)
        let pending = PendingAdmission(self.stream)
        let loop = self.relay.loop
        let span = trace.beginAdmission()
        Task.detached {
            let decision = await span.context.run { await gatekeeper.decide(on: request) }
            await loop.run { pending.settle(decision) }
        }
        let answer = await pending.wait()
        span.end(answer)
        guard let decision = answer else {
            throw Ending(self.stream.failure.map(CloseReason.init) ?? .peer)
        }
        guard let reason = decision.refusal else {
            if !decision.isVerified { self.noteUnverified(request, decision) }
            return decision
        }
        trace.refuse()
        throw Ending(.refused, self.refusal(decision, reason, of: request))
    }

    /// Counts and logs that a client was admitted although nobody could be asked about it.
    private func noteUnverified(_ request: AdmissionRequest, _ decision: AdmissionDecision) {
        self.relay.counters.unverifiedAdmissions += 1
        self.context.lines.unverified.log(
            .warning,
            "Admitted a client without asking: who decides can't be reached",
            metadata: ["key": "\(request.key)", "source": "\(request.source)", "detail": "\(decision.detail)"]
        )
    }

    /// Asks about the client again and again, as the policy says, and closes it when it is no longer admitted. Cancel
    /// the task when the client leaves. Returns `nil` when the client is never asked about.
    ///
    /// - Parameter forgettingCount: The gatekeeper's count from before it was asked at the login.
    func reverify(
        _ login: DERPLogin,
        of connection: ClientConnection,
        since forgettingCount: Int
    ) -> Task<Void, Never>? {
        guard let gatekeeper = self.context.gatekeeper, !login.isMeshPeer else { return nil }
        let interval = self.context.configuration.admission.reverifyInterval
        // The client may have been let in by an answer that was forgotten during its login.
        let isDoubtful = gatekeeper.forgettingCount != forgettingCount
        guard interval != nil || isDoubtful else { return nil }
        let request = self.request(of: login)
        let period = interval.map { $0 + $0 * Double.random(in: 0...0.1) }
        return Task.detached {
            if isDoubtful, await self.dismiss(connection, unlessAdmitted: request, by: gatekeeper, afresh: false) {
                return
            }
            guard let period else { return }
            while (try? await Task.sleep(for: period)) != nil {
                if await self.dismiss(connection, unlessAdmitted: request, by: gatekeeper, afresh: true) { return }
            }
        }
    }

    /// Asks about a connected client, and ends its connection when the answer is a verdict against it. A verifier that
    /// can't be reached has not changed its decision. Returns whether asking is over.
    ///
    /// - Parameter afresh: `false` if the answer takes the place of the login's, which was forgotten. Then the client is
    ///   refused without an answer, as it would have been at the login.
    private func dismiss(
        _ connection: ClientConnection,
        unlessAdmitted request: AdmissionRequest,
        by gatekeeper: Gatekeeper,
        afresh: Bool
    ) async -> Bool {
        let decision = await gatekeeper.decide(on: request, afresh: afresh)
        guard !Task.isCancelled else { return true }
        guard let reason = decision.refusal else {
            if decision.isVerified { await connection.setRate(decision.rate) }
            return false
        }
        guard reason.isVerdict || !afresh else { return false }
        let refusal = await self.relay.loop.run { self.refusal(decision, reason, of: request) }
        await connection.dismiss(for: refusal)
        return true
    }

    private func request(of login: DERPLogin) -> AdmissionRequest {
        AdmissionRequest(key: login.key, source: self.clientAddress.ip)
    }

    /// Counts and logs a refusal, and returns what is to be done about it.
    private func refusal(
        _ decision: AdmissionDecision,
        _ reason: AdmissionDecision.Reason,
        of request: AdmissionRequest
    ) -> ClientRefusal {
        self.relay.counters.refusals[reason.kind] += 1
        self.context.lines.refusals(for: reason.kind).log(
            .info,
            "Refused a client",
            metadata: [
                "key": "\(request.key)", "source": "\(request.source)", "reason": "\(reason.kind.label)",
                "detail": "\(decision.detail)",
            ]
        )
        self.context.events.post(
            .refused(request.key, at: self.clientAddress, for: ClientRefusalReason(reason), detail: decision.detail)
        )
        return ClientRefusal(request.key, decision, isListed: self.context.refusals.isListed(request.key))
    }
}
