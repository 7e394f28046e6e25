import Logging

/// An allow list, a deny list, or both. A key on the deny list is refused. If there is an allow list, a key that isn't
/// on it is refused too.
public struct KeyLists: Sendable {
    /// The keys that are admitted; `nil` for all that ``deny`` doesn't have.
    package let allow: KeyListFile?
    /// The keys that are refused; `nil` for none.
    package let deny: KeyListFile?

    /// Makes lists from one or two files.
    public init(allow: KeyListFile?, deny: KeyListFile?) {
        self.allow = allow
        self.deny = deny
    }

    /// Returns what the lists decide about a key.
    package func decision(on key: NodePublicKey) -> AdmissionDecision {
        if let deny, deny.contains(key) { return .deny(.denyList, detail: deny.path) }
        if let allow, !allow.contains(key) { return .deny(.allowList, detail: allow.path) }
        return .allow
    }
}

// MARK: Reloading

extension KeyLists {
    /// Checks the files for changes every `interval`, until the task is cancelled. A change counts at the second check.
    package func watch(every interval: Duration = .seconds(1), logger: Logger) async {
        while (try? await Task.sleep(for: interval)) != nil { self.refresh(logger: logger) }
    }

    /// Reads the files again if they changed, or in any case if `atOnce` is true, and logs the result.
    package func refresh(atOnce: Bool = false, logger: Logger) {
        for file in [self.allow, self.deny].compactMap({ $0 }) {
            switch file.refresh(atOnce: atOnce) {
            case .unchanged: break
            case .reloaded(let count):
                logger.info("Read a key list again", metadata: ["file": "\(file.path)", "keys": "\(count)"])
            case .failed(let problem):
                logger.error(
                    "A key list can't be used: the previous one stays in force",
                    metadata: ["problem": "\(problem)"]
                )
            }
        }
    }
}
