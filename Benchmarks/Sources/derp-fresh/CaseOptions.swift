import ArgumentParser
import FreshKit

/// Which lines, and what happens on them.
struct CaseOptions: ParsableArguments {
    @Option(
        name: .customLong("rate"),
        help: ArgumentHelp("A line's rate; 0 is no line at all. Repeatable.", valueName: "Mbit/s")
    )
    var rates: [Double] = []

    @Option(
        name: .customLong("round-trip"),
        help: ArgumentHelp("A line's round trip while it is idle. Repeatable; default: 10.", valueName: "ms")
    )
    var roundTrips: [Double] = []

    @Option(
        name: .customLong("scenario"),
        help: "What happens: flood, stall, shares, mixed. Repeatable; default: flood."
    )
    var scenarios: [FreshScenario] = []

    @Option(help: ArgumentHelp("How long the line's own queue may get.", valueName: "ms"))
    var queue = 60.0

    @Option(help: ArgumentHelp("The congestion control of both ends.", valueName: "name"))
    var congestion = "cubic"

    @Option(help: "Where the slow part is: at a router, or at the relay's own interface, whose queue its kernel sees.")
    var place = LineSettings.Place.router

    @Flag(help: "All rates, round trips and protocols of the goals.")
    var all = false

    @Flag(help: "One short measurement for each protocol: a first look.")
    var quick = false

    func validate() throws {
        guard self.rates.allSatisfy({ $0 == 0 || (0.1...1000).contains($0) }) else {
            throw ValidationError("--rate must be 0 or 0.1…1000")
        }
        guard self.roundTrips.allSatisfy({ (0...1000).contains($0) }) else {
            throw ValidationError("--round-trip must be 0…1000")
        }
        guard (1...5000).contains(self.queue) else { throw ValidationError("--queue must be 1…5000") }
        guard !self.congestion.isEmpty, self.congestion.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else {
            throw ValidationError("--congestion must be a name such as cubic")
        }
    }

    /// All cases, those with TLS and those without.
    var cases: [FreshPlan.Case] {
        if self.all {
            return self.matrix([1, 4, 20, 100], [10, 100], self.scenarios.isEmpty ? [.flood] : self.scenarios)
        }
        if self.quick { return self.matrix([4], [10], [.flood]) }
        if self.rates.isEmpty, self.roundTrips.isEmpty, self.scenarios.isEmpty { return self.usual }
        return self.matrix(
            self.rates.isEmpty ? [4] : self.rates,
            self.roundTrips.isEmpty ? [10] : self.roundTrips,
            self.scenarios.isEmpty ? [.flood] : self.scenarios
        )
    }

    /// What takes less than three minutes with two servers.
    private var usual: [FreshPlan.Case] {
        [
            FreshPlan.Case(.flood, self.line(4, 10), isTLS: false),
            FreshPlan.Case(.flood, self.line(4, 10), isTLS: true),
            FreshPlan.Case(.flood, self.line(1, 10), isTLS: true),
            FreshPlan.Case(.flood, self.line(20, 100), isTLS: true),
            FreshPlan.Case(.flood, self.line(100, 10), isTLS: true),
            FreshPlan.Case(.stall, self.line(4, 10), isTLS: true),
            FreshPlan.Case(.mixed, self.line(4, 10), isTLS: true),
        ]
    }

    private func matrix(_ rates: [Double], _ trips: [Double], _ scenarios: [FreshScenario]) -> [FreshPlan.Case] {
        rates.flatMap { rate in
            trips.flatMap { trip in
                scenarios.flatMap { scenario in
                    [false, true].map { FreshPlan.Case(scenario, self.line(rate, trip), isTLS: $0) }
                }
            }
        }
    }

    private func line(_ rate: Double, _ trip: Double) -> LineSettings {
        var line = LineSettings(
            rate: rate > 0 ? rate : nil,
            roundTrip: trip,
            queue: self.queue,
            congestionControl: self.congestion
        )
        line.place = self.place
        return line
    }
}

extension FreshScenario: ExpressibleByArgument {}
extension LineSettings.Place: ExpressibleByArgument {}
