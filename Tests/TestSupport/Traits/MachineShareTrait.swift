import Testing

/// How much of the machine a suite needs: the weights of the suites that run at one time add up to at most four.
package struct MachineShareTrait: SuiteTrait, TestScoping {
    package let weight: Int

    package func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
        test.isSuite ? self : nil
    }

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        await SuiteGate.shared.enter(weight: self.weight)
        do {
            try await function()
        } catch {
            await SuiteGate.shared.leave(weight: self.weight)
            throw error
        }
        await SuiteGate.shared.leave(weight: self.weight)
    }
}

extension Trait where Self == MachineShareTrait {
    /// Nothing to speak of: for tests that mostly wait. Such a suite is never held back.
    package static var idle: Self { Self(weight: 0) }
    /// One of four parts of the machine.
    package static var light: Self { Self(weight: 1) }
    /// The whole machine: for tests that move much data or watch a process's memory.
    package static var heavy: Self { Self(weight: 4) }
}
