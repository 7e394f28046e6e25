import ArgumentParser
import CSimulatedSystem
import SimulationKit
import Stories

@main
struct DerpPlay: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "derp-play",
        abstract: "Plays one story, and says which rules were broken.",
        discussion: "Exits with 1 when a rule was broken."
    )

    @Option(help: "The seed that decides everything.")
    var seed: UInt64
    @OptionGroup var options: StoryOptions
    @Option(help: "Play only these of the story's events: numbers and ranges, such as 0-9,12.")
    var events: String?
    @Flag(help: "End when a rule has been broken.")
    var brief = false
    @Flag(help: "Print everything that happens.")
    var verbose = false

    func run() throws {
        // The rest of the process must not depend on chance either.
        if csim_is_deterministic() == 0 {
            csim_restart_deterministic(CommandLine.unsafeArgv)
            throw ValidationError("this process can't be made deterministic: its memory is placed at random")
        }
        let (seed, options, verbose, brief) = (self.seed, self.options, self.verbose, self.brief)
        let chosen = try self.events.map { try EventRanges($0) }
        let outcome = try MainActor.assumeIsolated {
            var story = options.story(seed: seed)
            if let chosen {
                story.events = chosen.indices.filter(story.events.indices.contains).map { story.events[$0] }
            }
            return try Simulation(story, seed: seed, isLoud: verbose).run(isBrief: brief)
        }
        for violation in outcome.violations { print("broken: \(violation)") }
        print(outcome)
        guard outcome.violations.isEmpty else { throw ExitCode.failure }
    }
}
