/// One small piece of work that can be done again and again.
public struct MicroCase: Sendable {
    public let name: String
    /// How often it is done for a count of its instructions: often enough that single events don't matter, and no more,
    /// as counting is slow.
    public let repetitions: Int
    /// Makes what the work needs; what it returns does the work the given number of times.
    public let prepare: @Sendable () throws -> (Int) -> Void

    init(_ name: String, repetitions: Int = 240, prepare: @escaping @Sendable () throws -> (Int) -> Void) {
        self.name = name
        self.repetitions = repetitions
        self.prepare = prepare
    }

    public static let all: [MicroCase] = protocolCases + routeCases + recordCases + relayCases

    /// The case with this name.
    public static func named(_ name: String) -> MicroCase? { self.all.first { $0.name == name } }
}

/// Keeps the optimiser from leaving out what computes `value`.
@inline(never)
@_optimize(none)
func consume<Value>(_ value: Value) {}
