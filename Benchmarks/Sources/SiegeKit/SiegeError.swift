/// Why something could not be played or measured. One line for a person.
public struct SiegeError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
