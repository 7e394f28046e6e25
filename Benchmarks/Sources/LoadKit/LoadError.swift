/// Why a measurement could not be made. One line for a person.
public struct LoadError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
