/// The input, read piece by piece; zeros behind its end.
struct Script {
    private var rest: Slice<UnsafeRawBufferPointer>

    init(_ bytes: UnsafeRawBufferPointer) {
        self.rest = bytes[...]
    }

    mutating func nextIfAny() -> UInt8? { self.rest.popFirst() }
    mutating func next() -> UInt8 { self.rest.popFirst() ?? 0 }

    mutating func bytes() -> [UInt8] {
        let count = min(Int(self.next()), self.rest.count)
        defer { self.rest = self.rest.dropFirst(count) }
        return Array(self.rest.prefix(count))
    }

    /// Everything that is left.
    mutating func remaining() -> [UInt8] {
        defer { self.rest = self.rest.dropFirst(self.rest.count) }
        return Array(self.rest)
    }
}
