import ArgumentParser

package struct StoryOptions: ParsableArguments {
    @Option(help: "The number of relays, 1…20. Default: the seed decides.")
    package var relays: Int?
    @Option(help: "The number of clients, 1…10000. Default: the seed decides.")
    package var clients: Int?
    @Option(help: "Simulated seconds until everything that was broken is mended, 1…100000.")
    package var length = 60

    package init() {}

    package func validate() throws {
        guard self.relays.map({ (1...20).contains($0) }) ?? true,
            self.clients.map({ (1...10_000).contains($0) }) ?? true, (1...100_000).contains(self.length)
        else { throw ValidationError("--relays takes 1…20, --clients 1…10000, and --length 1…100000") }
    }

    /// Large casts find what needs many clients, small ones what needs much traffic between few.
    private static let casts: [(relays: Int, clients: Int)] = [(3, 200), (1, 12), (3, 60), (2, 30)]

    package func story(seed: UInt64) -> Story {
        let cast = Self.casts[Int(seed % UInt64(Self.casts.count))]
        return Story(
            seed: seed,
            relays: self.relays ?? cast.relays,
            clients: self.clients ?? cast.clients,
            seconds: self.length
        )
    }

    /// The options as arguments.
    package var arguments: [String] {
        var arguments = ["--length", "\(self.length)"]
        if let relays = self.relays { arguments += ["--relays", "\(relays)"] }
        if let clients = self.clients { arguments += ["--clients", "\(clients)"] }
        return arguments
    }
}
