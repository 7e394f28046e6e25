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
            when a rule was broken, with 2 when a story could not be played.
            """
    )

    @Option(help: "The first seed. Default: a random one.")
    var seed: UInt64?
    @Option(help: "How long to search, in seconds; 0 plays one story.")
    var seconds = 60
    @OptionGroup var options: StoryOptions
    @Option(help: "How long a failing story is made shorter, in seconds.")
    var shrink = 60

    func validate() throws {
        guard self.seconds >= 0, self.shrink >= 0 else {
            throw ValidationError("--seconds and --shrink take 0 or more seconds")
        }
    }

    func run() throws {
        do {
            try self.search()
        } catch let error as Player.Failure {
            print("A story could not be played: \(error.reason)")
            throw ExitCode(2)
        }
    }

    private func search() throws {
        let first = self.seed ?? UInt64.random(in: 0..<1_000_000_000)
        print("seed \(first)")
        // Whoever ends a long search knows where it began.
        fflush(nil)
        let player = Player(options: self.options, directory: try Self.directory())
        let begin = ContinuousClock.now
        let end = begin + .seconds(self.seconds)
        var seed = first
        var count = 0
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
            seed &+= 1
            count += 1
        } while ContinuousClock.now < end
        let time = (ContinuousClock.now - begin) / .seconds(1)
        print(
            "\(count) \(count == 1 ? "story" : "stories"), \(Int(simulated)) simulated seconds, \(Int(simulated / time)) in each second: "
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
        let end = ContinuousClock.now + .seconds(self.shrink)
        var shrinker = Shrinker(player, seed: seed, story: story, failure: failure, until: end)
        let events = try shrinker.shrink()
        print("Of \(story.events.count) events, these \(events.count) are left:")
        for index in events { print("  \(index) \(story.events[index])") }
        let play = try player.play(seed: seed, events: events)
        play.lines.forEach { print("  \($0)") }
        print(
            "Play it: scripts/simulate play --seed \(seed) \(self.options.arguments.joined(separator: " ")) "
                + "--events \(EventRanges(events)) --verbose"
        )
    }
}
