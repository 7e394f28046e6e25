import ArgumentParser
import FreshKit

/// Which lines, and what happens on them.
struct CaseOptions: ParsableArguments {
    @OptionGroup var lines: LineOptions

    @Option(
        name: .customLong("scenario"),
        help: "What happens: flood, stall, shares, mixed. Repeatable; default: flood."
    )
    var scenarios: [FreshScenario] = []

    @Flag(help: "All rates, round trips and protocols of the goals.")
    var all = false

    @Flag(help: "One short measurement for each protocol: a first look.")
    var quick = false

    /// All cases, those with TLS and those without.
    var cases: [FreshPlan.Case] {
        if self.all {
            return self.matrix([1, 4, 20, 100], [10, 100], self.scenarios.isEmpty ? [.flood] : self.scenarios)
        }
        if self.quick { return self.matrix([4], [10], [.flood]) }
        if self.lines.rates.isEmpty, self.lines.roundTrips.isEmpty, self.scenarios.isEmpty { return self.usual }
        return self.matrix(
            self.lines.rates.isEmpty ? [4] : self.lines.rates,
            self.lines.roundTrips.isEmpty ? [10] : self.lines.roundTrips,
            self.scenarios.isEmpty ? [.flood] : self.scenarios
        )
    }

    /// What takes less than three minutes with two servers.
    private var usual: [FreshPlan.Case] {
        [
            FreshPlan.Case(.flood, self.lines.line(4, 10), isTLS: false),
            FreshPlan.Case(.flood, self.lines.line(4, 10), isTLS: true),
            FreshPlan.Case(.flood, self.lines.line(1, 10), isTLS: true),
            FreshPlan.Case(.flood, self.lines.line(20, 100), isTLS: true),
            FreshPlan.Case(.flood, self.lines.line(100, 10), isTLS: true),
            FreshPlan.Case(.stall, self.lines.line(4, 10), isTLS: true),
            FreshPlan.Case(.mixed, self.lines.line(4, 10), isTLS: true),
        ]
    }

    private func matrix(_ rates: [Double], _ trips: [Double], _ scenarios: [FreshScenario]) -> [FreshPlan.Case] {
        rates.flatMap { rate in
            trips.flatMap { trip in
                scenarios.flatMap { scenario in
                    [false, true].map { FreshPlan.Case(scenario, self.lines.line(rate, trip), isTLS: $0) }
                }
            }
        }
    }
}

extension FreshScenario: ExpressibleByArgument {}
