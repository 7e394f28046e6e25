import Logging

/// An allow list, a deny list, or both. A key on the deny list is refused; where there is an allow list, so is every key
/// that isn't on it.
public struct KeyLists: Sendable {
    /// The keys that are admitted; `nil`: all that ``deny`` doesn't have.
    public let allow: KeyListFile?
    /// The keys that are refused; `nil`: none.
    public let deny: KeyListFile?

    /// Lists from one file or from two.
    public init(allow: KeyListFile?, deny: KeyListFile?) {
        self.allow = allow
        self.deny = deny
    }

    /// What the lists say of a key.
    public func decision(on key: NodePublicKey) -> AdmissionDecision {
        if let deny, deny.contains(key) { return .deny(.denyList, detail: deny.path) }
        if let allow, !allow.contains(key) { return .deny(.allowList, detail: allow.path) }
        return .allow
    }
}

// MARK: Reloading

extension KeyLists {
    /// Looks for changes of the files every `interval`, until the task is cancelled. A change counts at the second look.
    public func watch(every interval: Duration = .seconds(1), logger: Logger) async {
        while (try? await Task.sleep(for: interval)) != nil { self.refresh(logger: logger) }
    }

    /// Reads the files anew where they have changed, or in any case, and logs what came of it.
    public func refresh(atOnce: Bool = false, logger: Logger) {
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
