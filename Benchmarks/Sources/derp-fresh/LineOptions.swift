import ArgumentParser
import FreshKit

/// Which lines there are.
struct LineOptions: ParsableArguments {
    @Option(
        name: .customLong("rate"),
        help: ArgumentHelp("A line's rate; 0 is no line. Repeatable for measurements; default: 4.", valueName: "Mbit/s")
    )
    var rates: [Double] = []

    @Option(
        name: .customLong("round-trip"),
        help: ArgumentHelp(
            "A line's round trip while it is idle. Repeatable for measurements; default: 10.",
            valueName: "ms"
        )
    )
    var roundTrips: [Double] = []

    @Option(help: ArgumentHelp("How long the line's own queue may get.", valueName: "ms"))
    var queue = 60.0

    @Option(help: ArgumentHelp("The congestion control of both ends.", valueName: "name"))
    var congestion = "cubic"

    @Option(help: "Where the slow part is: at a router, or at the relay's own interface, whose queue its kernel sees.")
    var place = LineSettings.Place.router

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

    /// A line of this rate and round trip.
    func line(_ rate: Double, _ trip: Double) -> LineSettings {
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

extension LineSettings.Place: ExpressibleByArgument {}
