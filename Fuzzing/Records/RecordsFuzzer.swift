@testable import AsyncSockets

/// Plays what the input says to a record layer whose keys the other end knows: honest and forged records in any pieces.
/// Whatever comes, only what was sealed as data is delivered, in order, and nothing after a failure.
enum RecordsFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        var script = Script(input)
        guard var game = RecordGame(suite: script.next(), isServer: script.next() & 1 == 0) else { return }
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
    }
}
