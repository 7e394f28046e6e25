/// Why a measurement of a slow line was not possible. One line for people.
public struct FreshError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
