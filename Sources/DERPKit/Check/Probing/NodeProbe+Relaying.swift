extension NodeProbe {
    /// Relays packets between two fresh keys: from a client of `server` to one of `destination` and back.
    func relay(
        from server: DERPClient.Server,
        to destination: DERPClient.Server
    ) async -> NodeEvidence.Outcome<RelayingEvidence> {
        do throws(DERPError) {
            let options = self.options(.automatic)
            let sender = try await DERPClient.connect(to: server, options: options, on: self.loop)
            let echo: DERPClient
            do throws(DERPError) {
                echo = try await DERPClient.connect(to: destination, options: options, on: self.loop)
            } catch {
                await sender.close(within: .zero)
                throw error
            }
            let run = RelayingRun(sender: sender, echo: echo, count: self.settings.packets)
            let evidence = await run.perform(within: self.settings.timeout)
            await sender.close(within: self.settings.timeout)
            await echo.close(within: self.settings.timeout)
            return .success(evidence)
        } catch {
            return .failure(error)
        }
    }
}
