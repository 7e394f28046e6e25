/// Why an attack could not run or be measured. One line for people.
public struct SiegeError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
