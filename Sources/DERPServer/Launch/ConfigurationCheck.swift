import DERPKit
import Logging

/// `--check-config`: reads all that a start would read, and starts and writes nothing.
struct ConfigurationCheck {
    let settings: ServerSettings

    /// What there is to say on standard output, a line for each thing that looks wrong but wouldn't keep the server from
    /// starting.
    ///
    /// - Throws: ``StartError``, or ``DERPError``, for what would.
    func perform() async throws -> CommandOutcome {
        let preparation = try await Preparation(self.settings, makesFiles: false)
        var configuration = preparation.configuration
        configuration.mapSources.cacheDirectory = nil
        let relay = try RelayServer(configuration: configuration)
        do {
            try await relay.regionMap.load()
        } catch {
            throw StartError("--map-path", error)
        }
        var lines = preparation.notices.filter { $0.level >= .warning }.map(\.description)
        for source in await relay.regionMap.status {
            lines += source.failure.map { ["warning: \($0)"] } ?? []
            lines += source.findings.map { "\(source.name):\($0.line): \($0.severity.rawValue): \($0.message)" }
        }
        lines.append("The configuration can be used.")
        return CommandOutcome(output: lines.map { $0 + "\n" }.joined())
    }
}
