import AsyncSockets

/// A value that is read from a file, or from several, which may change while the value is in use.
///
/// The last value that could be used stays in force when the files break or go away.
final class WatchedFile<Stamp: Hashable & Sendable, Value: Equatable & Sendable>: Sendable {
    /// Why a value that was read isn't used.
    struct Refusal {
        let message: String
        /// Whether the same files may be good later, so that they are read again until they are.
        let mayPass: Bool
    }

    fileprivate struct State {
        var value: Value { didSet { self.version &+= 1 } }
        private(set) var version = 0
        /// The stamp of the files that ``value`` was read from, or that couldn't be used. `nil`: they are to be read again.
        var known: Stamp?
        /// What the last look saw, and how many looks in a row have seen files that aren't known.
        var seen: Stamp?
        var strangeLooks = 0
        var problem: String?
    }

    /// The looks after which files are read that are never seen twice.
    private static var longestChange: Int { 10 }

    private let stamp: @Sendable () -> Stamp
    private let read: @Sendable () throws(DERPError) -> Value
    private let state: Lock<State>

    /// Reads the value.
    ///
    /// - Parameters:
    ///   - stamp: Returns what tells the present files from others, without reading them.
    ///   - read: Reads the value from the files.
    /// - Throws: As `read` does.
    init(
        stamp: @escaping @Sendable () -> Stamp,
        read: @escaping @Sendable () throws(DERPError) -> Value
    ) throws(DERPError) {
        self.stamp = stamp
        self.read = read
        let known = stamp()
        self.state = Lock(State(value: try read(), known: known))
    }

    /// The value in force.
    var value: Value { self.state.withLock { $0.value } }

    /// Reads the files if they aren't the ones that were read last.
    ///
    /// A change counts when two looks in a row see the same files: a program that writes in place has time to finish. Files
    /// that change all the time are read at every tenth look, unless they change just then.
    /// Files that couldn't be read because this machine was short of something are read again at each look.
    ///
    /// - Parameters:
    ///   - atOnce: Whether to read in any case.
    ///   - refuse: Returns why the first value can't take the place of the second; `nil` if it can.
    func refresh(
        atOnce: Bool = false,
        unless refuse: (Value, Value) -> Refusal? = { _, _ in nil }
    ) -> FileRefresh<Value> {
        let stamp = self.stamp()
        let isDue = self.state.withLock { state in
            defer { state.seen = stamp }
            state.strangeLooks = stamp == state.known ? 0 : state.strangeLooks + 1
            let isSettled = stamp == state.seen || state.strangeLooks >= Self.longestChange
            return atOnce || stamp != state.known && isSettled
        }
        guard isDue else { return .unchanged }
        let result = Result { () throws(DERPError) in try self.read() }
        // Somebody is writing. The next look tries again.
        if !atOnce, self.stamp() != stamp { return .unchanged }
        // Compared without the lock, because a long list takes a while, and clients wait for the lock.
        let (former, version) = self.state.withLock { ($0.value, $0.version) }
        let isOther = (try? result.get()).map { $0 != former } ?? false
        return self.state.withLock { state in
            state.known = stamp
            state.strangeLooks = 0
            switch result {
            case .success(let value):
                if let refusal = refuse(value, state.value) {
                    if refusal.mayPass { state.known = nil }
                    return state.fail(refusal.message, tells: atOnce)
                }
                let isChanged = state.version == version ? isOther : value != state.value
                let isNew = isChanged || state.problem != nil
                (state.value, state.problem) = (value, nil)
                return isNew || atOnce ? .reloaded(value) : .unchanged
            case .failure(let error):
                if error.code == .exhausted { state.known = nil }
                return state.fail(error.message, tells: atOnce)
            }
        }
    }
}

extension WatchedFile.State {
    /// Notes a problem, which is told once until it changes.
    fileprivate mutating func fail(_ problem: String, tells: Bool) -> FileRefresh<Value> {
        defer { self.problem = problem }
        return tells || problem != self.problem ? .failed(problem) : .unchanged
    }
}

/// What a look at watched files found.
package enum FileRefresh<Value: Sendable>: Sendable {
    /// Nothing new.
    case unchanged
    /// The files were read, and hold this value.
    case reloaded(Value)
    /// The files can't be used, for this reason. The value in force stays. Told once, until the reason changes.
    case failed(String)

    /// The same with another value.
    func map<Other: Sendable>(_ transform: (Value) -> Other) -> FileRefresh<Other> {
        switch self {
        case .unchanged: .unchanged
        case .reloaded(let value): .reloaded(transform(value))
        case .failed(let problem): .failed(problem)
        }
    }
}

extension FileRefresh: Equatable where Value: Equatable {}
