/// Inputs that are cut into pieces, as a network cuts what is sent.
enum Pieces {
    /// Returns a size of pieces, 1…`limit`, which the first byte says, and the rest; `nil` if there is no rest.
    static func sized(_ input: UnsafeRawBufferPointer, below limit: Int) -> (size: Int, input: [UInt8])? {
        guard let first = input.first, input.count > 1 else { return nil }
        return (Int(first) % limit + 1, Array(input.dropFirst()))
    }

    /// Returns `input` in pieces of `size` bytes.
    static func of(_ input: [UInt8], _ size: Int) -> [[UInt8]] {
        stride(from: 0, to: input.count, by: size).map { Array(input[$0..<min($0 + size, input.count)]) }
    }
}
