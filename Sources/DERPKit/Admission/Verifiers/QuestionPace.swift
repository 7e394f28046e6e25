import AsyncSockets
import DequeModule
import Synchronization

/// How many questions are put to who decides at one time, when clients come in a crowd.
///
/// 128 may be new. A question is new until it is answered, or for 250 ms: who answers quickly never has more than 128
/// connections to serve, which a small server's queue takes, and one that is slow or silent gets the next 128 after that. So
/// 1,024 questions have all been put within 2 s, and each has the 5 s for its answer, within the 8 s of an
/// ``AdmissionPolicy``. While a question waits here it has cost its receiver nothing, and no file.
final class QuestionPace: Sendable {
    private typealias Waiter = SingleAnswer<Bool>

    private struct State {
        var newCount = 0
        var line = Deque<Waiter>()
    }

    private let limit: Int
    private let youth: Duration
    let patience: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: how many questions may be new.
    ///   - youth: for how long an unanswered one is.
    ///   - patience: for how long a question is tried again that failed because this machine ran out of something.
    init(
        limit: Int = 128,
        youth: Duration = .milliseconds(250),
        patience: Duration = .milliseconds(2500)
    ) {
        self.limit = limit
        self.youth = youth
        self.patience = patience
    }

    /// Does `body` when its turn comes; `nil` when the task is cancelled before.
    func inTurn<Result: Sendable>(_ body: () async -> Result) async -> Result? {
        guard await self.takeTurn() else { return nil }
        let turn = Turn(of: self)
        let youth = self.youth
        let timer = Task.detached {
            try? await Task.sleep(for: youth)
            turn.end()
        }
        defer {
            timer.cancel()
            turn.end()
        }
        return await body()
    }

    private func takeTurn() async -> Bool {
        let waiter = Waiter()
        let isFree = self.state.withLock { state in
            guard state.newCount >= self.limit else {
                state.newCount += 1
                return true
            }
            state.line.append(waiter)
            return false
        }
        guard !isFree else { return true }
        return await withTaskCancellationHandler {
            await waiter.value()
        } onCancel: {
            guard waiter.give(false) else { return }
            self.state.withLock { state in state.line.removeAll { $0 === waiter } }
        }
    }

    /// Gives the place to the next who still waits.
    fileprivate func endTurn() {
        while true {
            let next: Waiter? = self.state.withLock { state in
                guard let next = state.line.popFirst() else {
                    state.newCount -= 1
                    return nil
                }
                return next
            }
            guard let next, !next.give(true) else { return }
        }
    }
}

/// One question's place among the new ones, which is given up once.
private final class Turn: Sendable {
    private let pace: QuestionPace
    private let hasEnded = Atomic(false)

    init(of pace: QuestionPace) {
        self.pace = pace
    }

    func end() {
        if !self.hasEnded.exchange(true, ordering: .relaxed) { self.pace.endTurn() }
    }
}
