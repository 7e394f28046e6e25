import ArgumentParser

package struct StoryOptions: ParsableArguments {
    @Option(help: "The number of relays, 1…20.")
    package var relays = 3
    @Option(help: "The number of clients, 1…10000.")
    package var clients = 200
    @Option(help: "Simulated seconds until everything that was broken is mended.")
    package var length = 60

    package init() {}

    package func validate() throws {
        guard (1...20).contains(self.relays), (1...10_000).contains(self.clients), (1...100_000).contains(self.length)
        else { throw ValidationError("--relays takes 1…20, --clients 1…10000, and --length 1…100000") }
    }

    package func story(seed: UInt64) -> Story {
        Story(seed: seed, relays: self.relays, clients: self.clients, seconds: self.length)
    }

    /// The options as arguments.
    package var arguments: [String] {
        ["--relays", "\(self.relays)", "--clients", "\(self.clients)", "--length", "\(self.length)"]
    }
}
