import Logging

/// Something that a running relay reads again on request.
package struct Reloadable: Sendable {
    /// The kind of thing that is read again.
    package enum Kind: String, CaseIterable {
        case map
        case keyLists = "key lists"
        case certificates
        case orders = "failed orders of certificates"
        case rates
    }

    let kind: Kind
    /// Reads it, and logs the outcome. When the new content can't be used, the old content stays in force.
    let reload: @Sendable () async -> Void
}

extension RelayServer {
    /// Reads again everything that the relay reads from outside: the map's sources, key lists, certificates and rates.
    /// Retries failed orders of certificates. Returns when all of it is done.
    ///
    /// The relay notices changes of files by itself. This function is for a reload by hand, for example on SIGHUP. When
    /// new content can't be used, the error is logged and the old content stays in force.
    public func reload() async {
        let reloadables = self.reloadables
        self.logger.info(
            "Reading again",
            metadata: ["what": "\(reloadables.map(\.kind.rawValue).joined(separator: ", "))"]
        )
        await withDiscardingTaskGroup { tasks in
            for reloadable in reloadables { tasks.addTask { await reloadable.reload() } }
        }
    }

    private nonisolated var reloadables: [Reloadable] {
        let logger = self.logger
        var all = [Reloadable(kind: .map) { await self.regionMap.refresh() }]
        if let lists = self.configuration.admission.lists {
            all.append(Reloadable(kind: .keyLists) { lists.refresh(atOnce: true, logger: logger) })
        }
        if let file = self.configuration.rateLimitFile {
            all.append(Reloadable(kind: .rates) { await self.refreshRates(from: file, atOnce: true) })
        }
        if let files = self.configuration.security.files {
            all.append(
                Reloadable(kind: .certificates) {
                    if files.refresh(atOnce: true, logger: logger) { await self.publishPin() }
                }
            )
        }
        if let orders = self.configuration.security.orders {
            all.append(Reloadable(kind: .orders) { await orders.retry() })
        }
        return all
    }
}

// MARK: Following

extension RelayServer {
    /// Keeps up to date what connected clients need, even while the relay sends them away.
    func followFiles() -> [Task<Void, Never>] {
        let logger = self.logger
        var tasks: [Task<Void, Never>] = []
        if let lists = self.configuration.admission.lists {
            tasks.append(Task { await lists.watch(logger: logger) })
        }
        if let file = self.configuration.rateLimitFile {
            tasks.append(
                Task {
                    while (try? await Task.sleep(for: .seconds(1))) != nil { await self.refreshRates(from: file) }
                }
            )
        }
        return tasks
    }

    /// Keeps up to date what new clients are shown.
    func followCertificates() -> [Task<Void, Never>] {
        let logger = self.logger
        var tasks: [Task<Void, Never>] = []
        if let files = self.configuration.security.files {
            tasks.append(Task { await files.watch(logger: logger) { await self.publishPin() } })
        }
        // The ACME server connects at once to validate, so the relay must listen already.
        if let orders = self.configuration.security.orders { tasks.append(Task { await orders.run(logger: logger) }) }
        return tasks
    }

    private func refreshRates(from file: RateLimitFile, atOnce: Bool = false) async {
        switch file.refresh(atOnce: atOnce) {
        case .unchanged: break
        case .reloaded(let limits):
            await self.setRateLimits(limits)
            self.logger.info(
                "Read the clients' rates again",
                metadata: [
                    "file": "\(file.path)", "rate": "\(limits.perClient.bytesPerSecond)",
                    "burst": "\(limits.perClient.burst)", "keys": "\(limits.keys.count)",
                ]
            )
        case .failed(let problem):
            self.logger.error(
                "The clients' rates can't be read: the previous ones stay in force",
                metadata: ["problem": "\(problem)"]
            )
        }
    }
}
