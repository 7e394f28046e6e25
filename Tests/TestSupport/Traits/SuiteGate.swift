import Testing

/// Admits a few suites at a time, so that servers, clients and tests leave one another enough of the machine.
///
/// It holds back whole suites and not tests: what a test waits for here would count against its time limit.
package actor SuiteGate {
    package static let shared = SuiteGate(width: 4)

    private let width: Int
    private var inside = 0
    private var waiting: [(weight: Int, continuation: CheckedContinuation<Void, Never>)] = []

    init(width: Int) {
        self.width = width
    }

    package func enter(weight: Int) async {
        let weight = min(weight, self.width)
        if weight == 0 || self.waiting.isEmpty && self.inside + weight <= self.width {
            self.inside += weight
        } else {
            await withCheckedContinuation { self.waiting.append((weight, $0)) }
        }
    }

    package func leave(weight: Int) {
        self.inside -= min(weight, self.width)
        while let next = self.waiting.first, self.inside + next.weight <= self.width {
            self.inside += next.weight
            self.waiting.removeFirst().continuation.resume()
        }
    }
}
