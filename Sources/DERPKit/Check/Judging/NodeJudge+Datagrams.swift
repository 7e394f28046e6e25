import IPAddresses
import STUNKit

// MARK: STUN

extension NodeJudge {
    mutating func judgeSTUN() {
        guard let port = self.target.stunPort else {
            if self.target.node.stunPort != -1 {
                self.findings.fail(
                    .stun,
                    "STUNPort \(self.target.node.stunPort) is no port",
                    hint: "-1 turns STUN off."
                )
            } else if self.target.node.stunOnly {
                self.findings.fail(.stun, "STUNOnly, but STUN is off in the map (STUNPort -1)")
            } else {
                self.findings.info(.stun, "STUN is off in the map (STUNPort -1)")
            }
            return
        }
        for (family, name) in Self.families {
            let seen = self.evidence[family]
            switch seen.stun {
            case .success(let mapping)?: self.judge(mapping, over: family, name, server: seen.known.first)
            case .failure(let error)?: self.judgeSilence(error, port: port, family, name)
            case nil: break
            }
        }
    }

    private mutating func judge(
        _ mapping: STUNMapping,
        over family: IPAddress.Family,
        _ name: String,
        server: IPAddress?
    ) {
        let address = mapping.mappedAddress
        let time = mapping.roundTripTime.inMilliseconds
        if address.ip.family != family {
            self.findings.fail(
                .stun,
                "STUN over \(name) answers with an address of the other family, \(address.ip)",
                hint: "A proxy or NAT between the families hides the clients' addresses from the server."
            )
        } else if address.ip.isPrivate, server?.isPrivate == false {
            self.findings.warn(
                .stun,
                "STUN over \(name) answers with the private address \(address.ip)",
                hint: "Something rewrites the clients' addresses, such as Docker's proxy: use the host's network."
            )
        } else {
            self.findings.info(.stun, "STUN over \(name): this is \(address), after \(time)")
        }
    }

    private mutating func judgeSilence(
        _ error: DERPError,
        port: UInt16,
        _ family: IPAddress.Family,
        _ name: String
    ) {
        let isSilent = error.code == .timeout
        let what = isSilent ? "no STUN answer over \(name)" : "STUN over \(name): \(error.message)"
        var message = what
        if case .success? = self.evidence[family].handshake {
            message = "the DERP port answers, but STUN doesn't: \(what)"
        }
        self.findings.fail(
            .stun,
            message,
            hint: "Let UDP port \(port) through to the server, or say STUNPort -1 in the map if it serves no STUN."
        )
    }
}

// MARK: Captive portals

extension NodeJudge {
    mutating func judgeCaptivePortal() {
        let offer = "Serve plain HTTP on port 80 (-http-port 80), or take CanPort80 out of the map."
        switch self.evidence.captivePortal {
        case .failure(let error)?:
            self.findings.warn(.captivePortal, "the captive portal check fails: \(error.message)", hint: offer)
        case .success(let seen)? where seen.status != 204:
            self.findings.warn(
                .captivePortal,
                "/generate_204 answers with status \(seen.status) over plain HTTP, not with 204",
                hint: offer
            )
        case .success(let seen)? where !seen.answersChallenge:
            self.findings.warn(
                .captivePortal,
                "/generate_204 doesn't answer the challenge",
                hint: "Another server answers on port 80: have it pass the request and its answer on unchanged."
            )
        case .success?:
            self.findings.info(.captivePortal, "/generate_204 answers the challenge over plain HTTP")
        case nil:
            guard !self.target.node.canPort80, !self.target.isPlain else { return }
            self.findings.info(.captivePortal, "captive portals not checked: CanPort80 is not set in the map")
        }
    }
}
