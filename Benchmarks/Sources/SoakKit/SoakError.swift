/// Why a soak can't go on.
public struct SoakError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
