import ArgumentParser
import Foundation
import Stories

@main
struct DerpSimulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "derp-simulate",
        abstract: "Plays stories until one breaks a rule, and makes that one short.",
        discussion: """
            Each story has a seed, the first one this command's and each next one the number after it. Exits with 1 \
            when a rule was broken.
            """
    )

    @Option(help: "The first seed. Default: a random one.")
    var seed: UInt64?
    @Option(help: "How long to search, in seconds; 0 plays one story.")
    var seconds = 60
    @OptionGroup var options: StoryOptions
    @Option(help: "How long a failing story is made shorter, in seconds.")
    var shrink = 60

    func run() throws {
        let first = self.seed ?? UInt64.random(in: 0..<1_000_000_000)
        print("seed \(first)")
        let player = Player(options: self.options, directory: try Self.directory())
        let begin = ContinuousClock.now
        let end = begin + .seconds(self.seconds)
        var seed = first
        var simulated = 0.0
        repeat {
            let play = try player.play(seed: seed)
            simulated += play.seconds
            if play.hasFailed {
                print("seed \(seed) breaks a rule, after \(Int(simulated)) simulated seconds in all:")
                play.lines.forEach { print("  \($0)") }
                if self.shrink > 0 { try self.tell(player, seed, play) }
                throw ExitCode.failure
            }
            seed += 1
        } while ContinuousClock.now < end
        let time = (ContinuousClock.now - begin) / .seconds(1)
        print(
            "\(seed - first) stories, \(Int(simulated)) simulated seconds, \(Int(simulated / time)) in each second: "
                + "no rule was broken"
        )
    }

    /// The directory of this program.
    private static func directory() throws -> URL {
        guard let program = Bundle.main.executableURL else { throw ValidationError("where is this program?") }
        return program.deletingLastPathComponent()
    }

    private func tell(_ player: Player, _ seed: UInt64, _ failure: Player.Play) throws {
        let story = self.options.story(seed: seed)
        var shrinker = Shrinker(player, seed: seed, story: story, until: .now + .seconds(self.shrink))
        let events = try shrinker.shrink(failure)
        print("\(events.count) of \(story.events.count) events are left:")
        for index in events { print("  \(story.events[index])") }
        let play = try player.play(seed: seed, events: events)
        play.lines.forEach { print("  \($0)") }
        print(
            "Play it: scripts/simulate play --seed \(seed) \(self.options.arguments.joined(separator: " ")) "
                + "--events \(EventRanges(events)) --verbose"
        )
    }
}
