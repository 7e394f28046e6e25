import ArgumentParser
import CSimulatedSystem

import SimulationKit

@main
struct Simulate: ParsableCommand {
    @Option(help: "The seed that decides everything. Default: a random one.")
    var seed: UInt64?
    @Option(help: "How many seconds are simulated before peace is made.")
    var seconds = 60
    @Option(help: "How many relays.")
    var relays = 3
    @Option(help: "How many clients.")
    var clients = 200
    @Flag(help: "Print everything that happens.")
    var verbose = false

    mutating func run() throws {
        if csim_is_deterministic() == 0 {
            csim_restart_deterministic(CommandLine.unsafeArgv)
            throw ValidationError("the process can't be made deterministic")
        }
        let seed = self.seed ?? UInt64.random(in: 0..<1 << 32)
        print("seed \(seed)")
        let (seconds, relays, clients, verbose) = (self.seconds, self.relays, self.clients, self.verbose)
        let isGood = try MainActor.assumeIsolated {
            let story = Story(seed: seed, relays: relays, clients: clients, seconds: seconds)
            let outcome = try Simulation(story, seed: seed, isLoud: verbose).run()
            for violation in outcome.violations { print("violated: \(violation)") }
            print("trace \(outcome.trace), \(outcome.time / 1_000_000_000) s, \(outcome.turns) turns, \(outcome.logins) logins, \(outcome.sent) packets sent, \(outcome.delivered) delivered, faults \(outcome.faults)")
            return outcome.violations.isEmpty
        }
        guard isGood else { throw ExitCode.failure }
    }
}
