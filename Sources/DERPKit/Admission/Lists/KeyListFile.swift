import Glibc
import Synchronization

/// A file of node keys that may change while it is in use: `nodekey:<64 hex>` a line, `#` comments, blank lines.
///
/// What was read last and was whole stays in force when the file breaks or goes away.
public final class KeyListFile: Sendable {
    /// Where the file is.
    public let path: String
    private let state: Mutex<State>

    private struct State {
        var list: KeyList
        /// Of the file that ``list`` is from, or that could not be read.
        var known: FileStamp?
        /// What the last look saw, when that was something new.
        var seen: FileStamp?
        var problem: String?
    }

    /// What came of reading a file anew.
    package enum Refresh: Hashable, Sendable {
        /// It is as it was.
        case unchanged
        /// It was read, and has so many keys.
        case reloaded(Int)
        /// It can't be used, and why: the former keys stay in force. Said once, until the reason changes.
        case failed(String)
    }

    /// A file is at most this large, in bytes: more than 200,000 keys.
    static let maximumSize = 16 << 20

    /// Reads the file.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration`, which names the file and, where there is one, the line.
    public init(path: String) throws(DERPError) {
        self.path = path
        let stamp = FileStamp(of: path)
        switch Self.read(path) {
        case .success(let list): self.state = Mutex(State(list: list, known: stamp))
        case .failure(let problem): throw DERPError(.invalidConfiguration, problem.description)
        }
    }

    /// How many keys are in force.
    public var count: Int { self.state.withLock { $0.list.keys.count } }

    /// Whether the list in force has `key`.
    public func contains(_ key: NodePublicKey) -> Bool {
        self.state.withLock { $0.list.keys.contains(key) }
    }

    /// Reads the file when it isn't the one that was read last.
    ///
    /// A change counts when two looks in a row have seen the same: whoever writes in place is given time to finish.
    ///
    /// - Parameter atOnce: whether to read in any case.
    package func refresh(atOnce: Bool = false) -> Refresh {
        let stamp = FileStamp(of: self.path)
        let isDue = self.state.withLock { state in
            defer { state.seen = stamp }
            return atOnce || stamp != state.known && stamp == state.seen
        }
        guard isDue else { return .unchanged }
        let result = Self.read(self.path)
        return self.state.withLock { state in
            state.known = stamp
            switch result {
            case .success(let list):
                let isNew = list != state.list || state.problem != nil
                state.list = list
                state.problem = nil
                return isNew || atOnce ? .reloaded(list.keys.count) : .unchanged
            case .failure(let problem):
                let isNew = problem.description != state.problem
                state.problem = problem.description
                return isNew || atOnce ? .failed(problem.description) : .unchanged
            }
        }
    }

    private struct Problem: Error {
        let description: String
    }

    private static func read(_ path: String) -> Result<KeyList, Problem> {
        do {
            let text = try FileReader.text(at: path, limit: Self.maximumSize)
            return .success(try KeyList(text))
        } catch let error as KeyList.Problem {
            return .failure(Problem(description: "\(path), \(error)"))
        } catch {
            return .failure(Problem(description: "can't read \(path): \(error)"))
        }
    }
}
