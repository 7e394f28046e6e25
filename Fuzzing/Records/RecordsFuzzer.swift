@testable import AsyncSockets

/// Plays what the input says to a record layer whose keys the other end knows: honest and forged records in any pieces.
/// Whatever comes, only what was sealed as data is delivered, in order, and nothing after a failure.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRecords(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    var script = Script(UnsafeBufferPointer(start: start, count: count))
    guard var game = RecordGame(suite: script.next(), isServer: script.next() & 1 == 0) else { return 0 }
    while let step = script.nextIfAny() {
        switch step & 7 {
        case 0, 1: game.add(type: 23, content: script.bytes(), padding: script.next())
        case 2: game.add(type: script.next(), content: script.bytes(), padding: script.next())
        case 3: game.addKeyUpdate(request: script.next())
        case 4: game.addRaw(script.bytes())
        case 5: game.write(script.next(), room: Int(script.next()))
        default: game.deliver()
        }
    }
    game.deliver()
    return 0
}

/// The input, read piece by piece; zeros behind its end.
struct Script {
    private var rest: Slice<UnsafeBufferPointer<UInt8>>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.rest = bytes[...]
    }

    mutating func nextIfAny() -> UInt8? { self.rest.popFirst() }
    mutating func next() -> UInt8 { self.rest.popFirst() ?? 0 }

    mutating func bytes() -> [UInt8] {
        let count = min(Int(self.next()), self.rest.count)
        defer { self.rest = self.rest.dropFirst(count) }
        return Array(self.rest.prefix(count))
    }
}
