/// A small piece of work that can be repeated.
public struct MicroCase: Sendable {
    public let name: String
    /// How often the work is repeated to count its instructions: often enough that single events don't matter, and no
    /// more, because counting is slow.
    public let repetitions: Int
    /// Makes what the work needs, and returns a function that does the work the given number of times.
    public let prepare: @Sendable () throws -> (Int) -> Void

    init(_ name: String, repetitions: Int = 240, prepare: @escaping @Sendable () throws -> (Int) -> Void) {
        self.name = name
        self.repetitions = repetitions
        self.prepare = prepare
    }

    public static let all: [MicroCase] = protocolCases + routeCases + recordCases + relayCases

    /// Returns the case with this name.
    public static func named(_ name: String) -> MicroCase? { self.all.first { $0.name == name } }
}

/// Prevents the optimiser from removing the computation of `value`.
@inline(never)
@_optimize(none)
func consume<Value>(_ value: Value) {}
