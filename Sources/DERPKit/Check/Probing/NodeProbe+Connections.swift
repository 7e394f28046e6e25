import AsyncSockets

extension NodeProbe {
    /// Connects with TCP and TLS and accepts any certificate, to find out why one isn't trusted.
    func handshake(at addresses: [IPAddress]) async -> NodeEvidence.Outcome<HandshakeEvidence> {
        let trust: ServerTrust?
        do throws(DERPError) {
            trust = self.target.isPlain ? nil : try ServerTrust.insecure()
        } catch {
            return .failure(error)
        }
        let dialer = ClientDialer(
            self.server(at: addresses, trust),
            key: NodePrivateKey(),
            options: self.options(.automatic),
            deadline: .now + self.settings.timeout,
            on: self.loop
        )
        return await withTaskExecutorPreference(self.loop) {
            await Result.awaiting { () throws(DERPError) in try await dialer.inspect(addresses) }
        }
    }

    func options(_ start: DERPClient.Options.Start) -> DERPClient.Options {
        var options = DERPClient.Options()
        options.info.isProber = true
        options.start = start
        options.connectTimeout = self.settings.timeout
        options.writeTimeout = self.settings.timeout
        return options
    }

    /// Logs in with a new key, and closes the connection.
    func logIn(
        to server: DERPClient.Server,
        start: DERPClient.Options.Start
    ) async -> NodeEvidence.Outcome<LoginEvidence> {
        let begin = ContinuousClock.now
        return await Result.awaiting { () throws(DERPError) in
            let client = try await DERPClient.connect(to: server, options: self.options(start), on: self.loop)
            let evidence = LoginEvidence(
                time: .now - begin,
                serverKey: client.serverKey,
                info: client.serverInfo,
                isFastStart: client.isFastStart
            )
            await client.close(within: self.settings.timeout)
            return evidence
        }
    }

    /// Logs in several times at once, so that a load balancer spreads the connections over its servers.
    func repeatLogins(to server: DERPClient.Server) async -> [NodeEvidence.Outcome<LoginEvidence>] {
        await withTaskGroup(of: NodeEvidence.Outcome<LoginEvidence>.self) { tasks in
            for _ in 0..<self.settings.connections {
                tasks.addTask { await self.logIn(to: server, start: .automatic) }
            }
            return await tasks.reduce(into: []) { $0.append($1) }
        }
    }

    /// Collects the keys that the relay shows in TLS, which it does even if it refuses the client.
    func repeatHandshakes(at addresses: [IPAddress]) async -> [NodePublicKey] {
        guard !self.target.isPlain else { return [] }
        return await withTaskGroup(of: NodePublicKey?.self) { tasks in
            for _ in 0..<self.settings.connections {
                tasks.addTask { try? await self.handshake(at: addresses).get().metaKey }
            }
            return await tasks.reduce(into: []) { if let key = $1 { $0.append(key) } }
        }
    }
}
