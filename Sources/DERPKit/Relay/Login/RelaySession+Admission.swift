import AsyncSockets
import Logging

extension RelaySession {
    /// Returns when the client may come in, which a mesh peer always may. One that may not is turned away.
    ///
    /// The deadline of the handshake's last step bounds this too.
    func admit(_ login: DERPLogin) async throws(Ending) {
        guard let gatekeeper = self.context.gatekeeper, !login.isMeshPeer else { return }
        let request = self.request(of: login)
        let pending = PendingAdmission(self.stream)
        let loop = self.relay.loop
        Task.detached {
            let decision = await gatekeeper.decide(on: request)
            await loop.run { pending.settle(decision) }
        }
        guard let decision = await pending.wait() else {
            throw Ending(self.stream.failure.map(CloseReason.init) ?? .peer)
        }
        guard let reason = decision.refusal else { return }
        throw Ending(.refused, self.refusal(decision, reason, of: request))
    }

    /// Has the client asked about again and again, as the policy says, and closed when it is no longer wanted; `nil`
    /// when it never is. To be cancelled when the client leaves.
    func reverify(_ login: DERPLogin, of connection: ClientConnection) -> Task<Void, Never>? {
        guard let gatekeeper = self.context.gatekeeper, !login.isMeshPeer else { return nil }
        guard let interval = self.context.configuration.admission.reverifyInterval else { return nil }
        let request = self.request(of: login)
        let period = interval + interval * Double.random(in: 0...0.1)
        return Task.detached {
            while (try? await Task.sleep(for: period)) != nil {
                let decision = await gatekeeper.decide(on: request, afresh: true)
                // Who can't be asked has not changed his mind.
                guard let reason = decision.refusal, reason.isVerdict, !Task.isCancelled else { continue }
                let refusal = await self.relay.loop.run { self.refusal(decision, reason, of: request) }
                await connection.dismiss(for: refusal)
                return
            }
        }
    }

    private func request(of login: DERPLogin) -> AdmissionRequest {
        AdmissionRequest(key: login.key, source: self.clientAddress.ip)
    }

    /// Counts and logs a refusal; returns what is to be done about it.
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
        return ClientRefusal(request.key, reason, isListed: self.context.refusals.isListed(request.key))
    }
}
