import IPAddresses

extension NodeJudge {
    mutating func judgeConnections() {
        for (family, name) in Self.families {
            switch self.evidence[family].handshake {
            case .success(let handshake)?: self.judgeLogin(self.evidence[family].login, after: handshake, name)
            case .failure(let error)?: self.judgeFailure(error, of: family, name)
            case nil: break
            }
        }
        if case .success? = self.evidence.ipv6.handshake, case .failure? = self.evidence.ipv4.handshake {
            self.findings.warn(.connection, "it can be reached over IPv6, but not over IPv4")
        }
        self.judgeUpgrade()
    }

    private mutating func judgeFailure(_ error: DERPError, of family: IPAddress.Family, _ name: String) {
        var hint: String
        switch error.code {
        case .tls:
            hint = "Is this the relay's port, and does the relay speak TLS there?"
        case .tlsTimeout:
            hint = "Something accepts connections there and says nothing: the wrong port, or a server that hangs."
        case .timeout:
            hint = "A firewall may drop the packets, or the address is wrong."
        default:
            hint = "Does the server run, and listen on this address and port?"
        }
        if case .success? = self.evidence[family].stun {
            hint += " STUN answers there, so the host is up: look at TCP port \(self.target.derpPort ?? 443)."
        }
        self.findings.fail(.connection, "\(name): \(error.message)", hint: hint)
    }

    private mutating func judgeLogin(
        _ login: NodeEvidence.Outcome<LoginEvidence>?,
        after handshake: HandshakeEvidence,
        _ name: String
    ) {
        let tls = handshake.tlsTime.map { ", TLS \(handshake.isTLS13 ? "1.3" : "1.2") \($0.inMilliseconds)" } ?? ""
        let reached = "\(name) \(handshake.address): TCP \(handshake.connectTime.inMilliseconds)\(tls)"
        switch login {
        case .success(let login)?:
            let start = login.isFastStart ? " by fast start" : ""
            self.findings.info(.connection, "\(reached), logged in\(start) after \(login.time.inMilliseconds)")
        case .failure(let error)?:
            self.findings.info(.connection, reached)
            self.judgeLoginFailure(error, metaKey: handshake.metaKey, name)
        case nil:
            self.findings.info(.connection, reached)
        }
    }

    private mutating func judgeLoginFailure(_ error: DERPError, metaKey: NodePublicKey?, _ name: String) {
        switch error.code {
        case .tls:
            // The certificate has findings of its own.
            break
        case .refused:
            self.findings.warn(
                .admission,
                "refused by admission over \(name): \(error.message)",
                hint: "That is right where only known clients are admitted; relaying could not be tried."
            )
        case .timeout:
            self.findings.fail(
                .login,
                "\(name): the server takes connections, but doesn't finish the login: \(error.message)",
                hint: "The server hangs, or something else listens on this port."
            )
        case .wrongServerKey where metaKey != nil:
            self.findings.fail(
                .serverKey,
                "\(name): \(error.message): the meta certificate's",
                hint:
                    "TLS ends at another server than DERP. Let TLS pass to the relay, or let the proxy have a plain one."
            )
        case .handshake, .wrongServerKey:
            self.findings.fail(
                .login,
                "\(name): \(error.message)",
                hint:
                    "Relaying may be off there (-derp=false), another web server may answer, or a proxy that doesn't let "
                    + "\"Upgrade: DERP\" on /derp pass."
            )
        default:
            self.findings.fail(.login, "\(name): \(error.message)", hint: "The relay's log may say more.")
        }
    }

    private mutating func judgeUpgrade() {
        guard case .failure(let error)? = self.evidence.upgrade else { return }
        self.findings.fail(
            .login,
            "logging in by HTTP upgrade fails: \(error.message)",
            hint: "Clients behind a proxy that looks into TLS can't use it."
        )
    }
}

// MARK: Keys

extension NodeJudge {
    mutating func judgeServerKey() {
        let failures = self.evidence.repeats.compactMap { outcome in
            if case .failure(let error) = outcome { error } else { nil }
        }
        if let first = failures.first {
            self.findings.fail(
                .login,
                "\(failures.count) of \(self.evidence.repeats.count) further connections failed: \(first.message)",
                hint: "One of several servers behind this address may be down, or connections are limited."
            )
        }
        let count = self.evidence.repeats.count + self.evidence.metaKeys.count
        let keys = self.evidence.serverKeys
        if keys.count > 1 {
            self.findings.fail(
                .serverKey,
                "\(keys.count) server keys over \(count) connections: is there a load balancer in between?",
                hint: "Clients that meet on different servers don't reach each other: give each an address of its own."
            )
        } else if let key = keys.first, count > 0 {
            self.findings.info(.serverKey, "one server key over \(count) connections: \(key)")
        }
        if let info = self.evidence.login?.info { self.judgeTokenBucket(info) }
        guard !self.target.isPlain, let handshake = self.handshakes.first, self.evidence.login != nil else { return }
        if !handshake.isTLS13 {
            self.findings.warn(.connection, "it speaks no TLS 1.3", hint: "Logins take two round trips more.")
        } else if handshake.metaKey == nil {
            self.findings.info(.serverKey, "no meta certificate, so no fast start: a proxy ends TLS before the relay?")
        }
    }

    private mutating func judgeTokenBucket(_ info: ServerInfo) {
        guard let rate = info.tokenBucketBytesPerSecond, rate > 0 else { return }
        let burst = info.tokenBucketBytesBurst ?? 0
        let largest = FrameHeader.byteCount + NodePublicKey.byteCount + PacketLimits.packet
        if burst < largest {
            self.findings.fail(
                .relaying,
                "it allows bursts of \(burst) bytes: clients drop larger packets",
                hint: "A largest packet takes \(largest) bytes."
            )
        } else {
            self.findings.info(.relaying, "it asks clients to send at most \(rate) bytes per second, \(burst) at once")
        }
    }
}

// MARK: Relaying

extension NodeJudge {
    mutating func judgeRelaying() {
        switch self.evidence.relaying {
        case .failure(let error)?:
            self.findings.fail(.relaying, "two clients could not be connected at a time: \(error.message)")
        case .success(let relaying)?:
            self.judge(relaying)
        case nil: break
        }
    }

    private mutating func judge(_ relaying: RelayingEvidence) {
        if let health = relaying.health { self.findings.warn(.relaying, "the relay says: \(health)") }
        if relaying.corrupted > 0 {
            self.findings.fail(
                .relaying,
                "\(relaying.corrupted) packets came back changed",
                hint: "Look for what changes them between here and the relay."
            )
        }
        guard let median = relaying.percentile(0.5), let slow = relaying.percentile(0.99) else {
            self.findings.fail(
                .relaying,
                "none of \(relaying.sent) packets came back from another client of the relay",
                hint: "Several servers behind one address that aren't a mesh do this."
            )
            return
        }
        let lost = relaying.sent - relaying.roundTrips.count
        let loss = lost == 0 ? "none lost" : "\(lost) lost"
        let times = "round trip p50 \(median.inMilliseconds), p99 \(slow.inMilliseconds)"
        self.findings.info(.relaying, "relayed \(relaying.sent) packets: \(times), \(loss)")
        if lost > 0 {
            self.findings.warn(
                .relaying,
                "\(lost) of \(relaying.sent) packets were lost",
                hint: "Is the relay overloaded, or does it limit this client's rate?"
            )
        } else if !relaying.largestCameBack {
            self.findings.warn(.relaying, "a packet of 64 KiB, the largest that there is, did not come back")
        }
    }
}
