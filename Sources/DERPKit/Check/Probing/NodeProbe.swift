import AsyncSockets
import STUNKit

/// Observes one node from outside. Each step has a time limit, and a failure is evidence like any other result.
struct NodeProbe: Sendable {
    let target: CheckTarget
    let settings: CheckSettings
    let group: IOLoopGroup
    /// Called with a description of each step.
    let progress: @Sendable (String) -> Void

    var loop: IOLoop { self.group.loops[0] }

    /// Runs all steps and returns the evidence.
    ///
    /// - Throws: ``DERPError`` if the node's certificate name or the authorities can't be used.
    func gather() async throws(DERPError) -> NodeEvidence {
        let trust = try self.trust()
        self.progress("looking up \(self.target.node.hostName)")
        let found = await self.lookUp()
        var evidence = found
        self.progress("connecting")
        let isRelay = !self.target.node.stunOnly
        async let captivePortal = isRelay ? self.askCaptivePortal(found) : nil
        async let ipv4 = self.look(at: found.ipv4, trust: trust)
        async let ipv6 = self.look(at: found.ipv6, trust: trust)
        (evidence.ipv4, evidence.ipv6) = await (ipv4, ipv6)
        evidence.captivePortal = await captivePortal
        guard isRelay else { return evidence }
        if let server = self.workingServer(evidence, trust) {
            self.progress("comparing \(self.settings.connections) connections")
            evidence.upgrade = await self.logIn(to: server, start: .upgrade)
            evidence.repeats = await self.repeatLogins(to: server)
            self.progress("relaying packets")
            evidence.relaying = await self.relay(from: server, to: server)
        } else if let family = [evidence.ipv4, evidence.ipv6].first(where: \.isRefused) {
            evidence.metaKeys = await self.repeatHandshakes(at: family.known)
        }
        return evidence
    }

    private func trust() throws(DERPError) -> ServerTrust? {
        if self.target.isPlain { return nil }
        if self.target.node.insecureForTests { return try ServerTrust.insecure() }
        return try ServerTrust.node(self.target.node, authoritiesPEM: self.settings.authoritiesPEM)
    }

    /// Returns how to log in, as a login that worked did it; `nil` if none worked.
    func workingServer(_ evidence: NodeEvidence) throws(DERPError) -> DERPClient.Server? {
        self.workingServer(evidence, try self.trust())
    }

    private func workingServer(_ evidence: NodeEvidence, _ trust: ServerTrust?) -> DERPClient.Server? {
        let family = [evidence.ipv4, evidence.ipv6].first { (try? $0.login?.get()) != nil }
        return family.map { self.server(at: $0.known, trust) }
    }

    func server(at addresses: [IPAddress], _ trust: ServerTrust?) -> DERPClient.Server {
        DERPClient.Server(
            host: self.target.node.hostName,
            port: self.target.derpPort ?? 443,
            addresses: addresses,
            security: trust.map { .tls($0) } ?? .none
        )
    }

    /// Runs the steps that are done for each family.
    private func look(at family: FamilyEvidence, trust: ServerTrust?) async -> FamilyEvidence {
        var family = family
        guard family.isUsable else { return family }
        let addresses = family.known
        async let stun = self.askSTUN(at: addresses)
        if !self.target.node.stunOnly, self.target.derpPort != nil {
            let handshake = await self.handshake(at: addresses)
            family.handshake = handshake
            // Without TLS, the next steps can't work.
            if case .success = handshake {
                family.login = await self.logIn(to: self.server(at: addresses, trust), start: .automatic)
            }
        }
        family.stun = await stun
        return family
    }
}

// MARK: Names

extension NodeProbe {
    private func lookUp() async -> NodeEvidence {
        var evidence = NodeEvidence()
        let node = self.target.node
        var needsNames = false
        for (family, literal) in [(IPAddress.Family.ipv4, node.ipv4), (.ipv6, node.ipv6)] {
            guard self.settings.includes(family), literal != "none" else { continue }
            if literal.isEmpty {
                needsNames = true
                evidence[family].addresses = .none
            } else if let address = IPAddress(literal), address.family == family {
                evidence[family].addresses = .known([address])
            } else {
                evidence[family].addresses = .malformed(literal)
            }
        }
        if needsNames { await self.lookUpName(&evidence) }
        for family in [IPAddress.Family.ipv4, .ipv6] {
            guard let address = evidence[family].known.first else { continue }
            // Connecting a UDP socket sends nothing.
            evidence[family].hasRoute = (try? UDPSocket.connect(to: IPEndpoint(address, port: 9))) != nil
        }
        return evidence
    }

    private func lookUpName(_ evidence: inout NodeEvidence) async {
        let result = await Result.awaiting { () throws(DERPError) in
            try await HostResolver.shared.addresses(
                of: self.target.node.hostName,
                until: .now + self.settings.timeout
            )
        }
        switch result {
        case .success(let addresses):
            for family in [IPAddress.Family.ipv4, .ipv6] where evidence[family].addresses == .none {
                let own = addresses.filter { $0.family == family }
                if !own.isEmpty { evidence[family].addresses = .known(own) }
            }
        case .failure(let failure):
            for family in [IPAddress.Family.ipv4, .ipv6] where evidence[family].addresses == .none {
                evidence[family].addresses = .failed(failure)
            }
        }
    }
}
