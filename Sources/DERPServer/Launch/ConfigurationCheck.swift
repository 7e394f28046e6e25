import DERPKit
import Logging

/// `--check-config`: reads everything that a start would read, and checks whether this user could write and listen
/// where a start would. Starts and writes nothing.
struct ConfigurationCheck {
    let settings: ServerSettings

    /// Performs the check. The output has a line for each thing that looks wrong but wouldn't prevent a start.
    ///
    /// - Throws: ``StartError`` or ``DERPError`` for what would prevent it.
    func perform() async throws -> CommandOutcome {
        let preparation = try await Preparation(self.settings, makesFiles: false)
        var configuration = preparation.configuration
        configuration.mapSources.cacheDirectory = nil
        let relay = try RelayServer(configuration: configuration)
        do {
            try await relay.regionMap.load()
        } catch {
            throw await StartError(reading: error, by: relay)
        }
        try self.checkTakeover()
        var lines = try PortCheck(configuration, stunFlag: self.settings.stun?.flag).perform().map(\.description)
        lines += self.storageNotices.map(\.description)
        lines += preparation.notices.filter { $0.level >= .warning || $0.isChoice }.map(\.description)
        for source in await relay.regionMap.status {
            lines += source.failure.map { ["warning: \($0)"] } ?? []
            lines += source.findings.map { "\(source.name):\($0.line): \($0.severity.rawValue): \($0.message)" }
        }
        lines.append("The configuration can be used.")
        return CommandOutcome(output: lines.map { $0 + "\n" }.joined())
    }

    private func checkTakeover() throws(StartError) {
        do {
            try self.settings.takeover?.check()
        } catch {
            throw StartError(\.peers.takeover, error)
        }
    }

    /// Warns of directories that the server would write to later. A start goes on without them.
    private var storageNotices: [Notice] {
        var places = [(flag: Flag, directory: String)]()
        if let directory = self.settings.mapSources.cacheDirectory, !self.settings.mapSources.urls.isEmpty {
            places.append((Flag[\.map.cache], directory))
        }
        if case .acme(let acme) = self.settings.transport {
            places.append((Flag[\.certificates.directory], acme.storage))
        }
        return places.compactMap { flag, directory in
            do {
                try AtomicFile.checkWritable("\(directory)/file")
                return nil
            } catch {
                return .warning(
                    "A directory can't be written to",
                    ["setting": "\(flag.spelling)", "directory": "\(directory)", "problem": "\(error)"]
                )
            }
        }
    }
}
