import Synchronization

/// A file of clients' rates that may change while it is in use, in the form of derper's `-rate-config`
/// (docs/limits.md, "Rates").
///
/// The rates that were read last stay in force when the file breaks or goes away.
public final class RateLimitFile: Sendable {
    /// Where the file is.
    public let path: String
    private let state: Mutex<State>

    private struct State {
        var limits: RateLimits
        /// Of the file that ``limits`` are from, or that could not be read.
        var known: FileStamp?
        /// What the last look saw.
        var seen: FileStamp?
        var problem: String?
    }

    /// What came of reading the file again.
    enum Refresh: Sendable {
        /// It is as it was.
        case unchanged
        /// It was read, and holds these.
        case reloaded(RateLimits)
        /// It can't be used, and why. Said once, until the reason changes.
        case failed(String)
    }

    /// Reads the file.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration`, which names the file and, where there is one, the line.
    public init(path: String) throws(DERPError) {
        self.path = path
        let stamp = FileStamp(of: path)
        self.state = Mutex(State(limits: try RateLimits(path: path), known: stamp))
    }

    /// The rates in force.
    public var limits: RateLimits { self.state.withLock { $0.limits } }

    /// Reads the file if it changed. A change counts when two looks in a row see the same file: a program that writes it
    /// in place has time to finish.
    ///
    /// - Parameter atOnce: whether to read the file in any case.
    func refresh(atOnce: Bool = false) -> Refresh {
        let stamp = FileStamp(of: self.path)
        let isDue = self.state.withLock { state in
            defer { state.seen = stamp }
            return atOnce || stamp != state.known && stamp == state.seen
        }
        guard isDue else { return .unchanged }
        let result = Result { () throws(DERPError) in try RateLimits(path: self.path) }
        return self.state.withLock { state in
            state.known = stamp
            switch result {
            case .success(let limits):
                let isNew = limits != state.limits || state.problem != nil
                (state.limits, state.problem) = (limits, nil)
                return isNew || atOnce ? .reloaded(limits) : .unchanged
            case .failure(let error):
                let isNew = error.message != state.problem
                state.problem = error.message
                return isNew || atOnce ? .failed(error.message) : .unchanged
            }
        }
    }
}
