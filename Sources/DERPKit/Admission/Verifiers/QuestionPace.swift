import AsyncSockets
import DequeModule
import Synchronization

/// Limits how many questions a verifier gets at a time when many clients come at once.
///
/// 128 questions may be new. A question is new until it is answered, or for 250 ms. A receiver that answers quickly
/// never has more than 128 connections, which fit into the queue of a small server. A receiver that is slow or silent
/// gets 128 more every 250 ms. So 1,024 questions have all been asked within 2 s, and each has 5 s for its answer
/// within the 8 s of an ``AdmissionPolicy``. A question that waits here costs its receiver nothing, and uses no file.
final class QuestionPace: Sendable {
    private typealias Waiter = SingleAnswer<Bool>

    private struct State {
        var newCount = 0
        var line = Deque<Waiter>()
    }

    private let limit: Int
    private let youth: Duration
    let patience: Duration
    private let state = Lock(State())

    /// Makes a pace.
    ///
    /// - Parameters:
    ///   - limit: How many questions may be new.
    ///   - youth: How long an unanswered question counts as new.
    ///   - patience: How long to repeat a question that failed because this machine ran out of something.
    init(
        limit: Int = 128,
        youth: Duration = .milliseconds(250),
        patience: Duration = .milliseconds(2500)
    ) {
        self.limit = limit
        self.youth = youth
        self.patience = patience
    }

    /// Runs `body` when its turn comes; returns `nil` if the task is cancelled before.
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

    /// Gives the place to the next question that still waits.
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

/// The place of one question among the new ones. It is given up once.
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
