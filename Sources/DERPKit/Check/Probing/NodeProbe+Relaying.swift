import AsyncSockets

extension NodeProbe {
    /// Relays packets between two new keys: from a client of `server` to one of `destination` and back.
    func relay(
        from server: DERPClient.Server,
        to destination: DERPClient.Server
    ) async -> NodeEvidence.Outcome<RelayingEvidence> {
        await Result.awaiting { () throws(DERPError) in try await self.measureRelaying(from: server, to: destination) }
    }

    private func measureRelaying(
        from server: DERPClient.Server,
        to destination: DERPClient.Server
    ) async throws(DERPError) -> RelayingEvidence {
        let options = self.options(.automatic)
        let sender = try await DERPClient.connect(to: server, options: options, on: self.loop)
        let connected = await Result.awaiting { () throws(DERPError) in
            try await DERPClient.connect(to: destination, options: options, on: self.loop)
        }
        if case .failure = connected { await sender.close(within: .zero) }
        let echo = try connected.get()
        let run = RelayingRun(sender: sender, echo: echo, count: self.settings.packets)
        let evidence = await run.perform(within: self.settings.timeout)
        await sender.close(within: self.settings.timeout)
        await echo.close(within: self.settings.timeout)
        return evidence
    }
}
