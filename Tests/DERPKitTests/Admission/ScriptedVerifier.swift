import AsyncSockets
@testable import DERPKit

/// A verifier that answers when and what the test says.
final class ScriptedVerifier: ClientVerifier {
    private let state = Lock(State())

    private struct State {
        var answer: AdmissionDecision?
        var questions = 0
        var waiting: [CheckedContinuation<AdmissionDecision, Never>] = []
    }

    /// - Parameter answer: What it says at once; `nil`: nothing before ``answer(_:)``, cancelled or not.
    init(_ answer: AdmissionDecision? = nil) {
        self.state.withLock { $0.answer = answer }
    }

    var questions: Int { self.state.withLock { $0.questions } }

    func decide(on request: AdmissionRequest) async -> AdmissionDecision {
        await withCheckedContinuation { continuation in
            let answer = self.state.withLock { state -> AdmissionDecision? in
                state.questions += 1
                if state.answer == nil { state.waiting.append(continuation) }
                return state.answer
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Answers all who wait, and from now on everybody.
    func answer(_ decision: AdmissionDecision) {
        let waiting = self.state.withLock { state in
            state.answer = decision
            defer { state.waiting = [] }
            return state.waiting
        }
        waiting.forEach { $0.resume(returning: decision) }
    }

    /// Leaves those who wait to the test, which must answer them.
    func withdraw() -> [CheckedContinuation<AdmissionDecision, Never>] {
        self.state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    /// Returns once it has been asked `count` times.
    func waitForQuestions(_ count: Int) async {
        while self.questions < count { await Task.yield() }
    }
}
