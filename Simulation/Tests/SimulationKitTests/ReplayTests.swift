import Foundation
import Stories
import Testing

@Suite("Replaying a seed", .serialized)
struct ReplayTests {
    static let options: StoryOptions = {
        var options = StoryOptions()
        (options.relays, options.clients, options.length) = (3, 50, 20)
        return options
    }()

    /// Where the tests' own program is built, there the others are too.
    static let directory = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()

    @Test("two plays of one seed are the same, to the last turn", arguments: [1, 2, 3] as [UInt64])
    func same(seed: UInt64) throws {
        let player = Player(options: Self.options, directory: Self.directory)
        let (first, second) = (try player.play(seed: seed), try player.play(seed: seed))
        #expect(first.lines == second.lines)
        #expect(first.lines.last?.contains("trace ") == true)
    }

    @Test("a play is the same from another directory, and in another environment")
    func elsewhere() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "a-longer-name-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.copyItem(
            at: Self.directory.appending(path: "derp-play"),
            to: directory.appending(path: "derp-play")
        )
        let here = try Player(options: Self.options, directory: Self.directory).play(seed: 4)
        setenv("REPLAY_TESTS", String(repeating: "x", count: 5000), 1)
        defer { unsetenv("REPLAY_TESTS") }
        #expect(try Player(options: Self.options, directory: directory).play(seed: 4).lines == here.lines)
    }

    @Test("two seeds are two stories")
    func different() throws {
        let player = Player(options: Self.options, directory: Self.directory)
        #expect(try player.play(seed: 1).lines != player.play(seed: 2).lines)
    }
}
