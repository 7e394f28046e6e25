import ArgumentParser
import FreshKit

/// How much is sent, and for how long.
struct LoadOptions: ParsableArguments {
    @Option(help: "How long each measurement lasts, after a time to warm up.")
    var seconds = 5.0

    @Option(help: "How long the load lasts before a measurement begins, in seconds.")
    var warmUp = 2.0

    @Option(
        help: ArgumentHelp(
            "What the flooding senders send together; 0 to send as fast as TCP takes it.",
            valueName: "times the line's rate"
        )
    )
    var demand = 3.0

    @Option(help: "How many senders flood.")
    var senders = 1

    @Option(help: ArgumentHelp("The size of the flooding senders' packets.", valueName: "bytes"))
    var size = 1200

    @Flag(help: "Also measure how fresh packets can be over each line at all: 7 seconds more for each.")
    var limit = false

    func validate() throws {
        guard (1...60).contains(self.seconds), (0.1...60).contains(self.warmUp) else {
            throw ValidationError("--seconds must be 1…60, --warm-up 0.1…60")
        }
        guard self.demand == 0 || (0.1...100).contains(self.demand), (1...100).contains(self.senders) else {
            throw ValidationError("--demand must be 0 or 0.1…100, --senders 1…100")
        }
        guard (32...65536).contains(self.size) else { throw ValidationError("--size must be 32…65536") }
    }

    func settings(_ settings: RunSettings) -> RunSettings {
        var settings = settings
        settings.seconds = self.seconds
        settings.warmUp = self.warmUp
        settings.demand = self.demand
        settings.senders = self.senders
        settings.size = self.size
        return settings
    }
}
