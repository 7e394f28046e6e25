import ArgumentParser
import FreshKit

struct LineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "line",
        abstract: "Runs a shell command that has a slow line, for measurements with other programs.",
        discussion: """
            The command's variables: RELAY_SIDE and RECEIVER_SIDE run what follows them at that end of the line \
            ("$RECEIVER_SIDE curl http://$RELAY_ADDRESS:3340/"), and RELAY_ADDRESS is where servers must listen. The \
            line ends with the command, whose exit code is passed on. Without --rate and --round-trip, the line takes 4 \
            Mbit/s, and its round trip is 10 ms.
            """
    )

    @OptionGroup var lines: LineOptions

    @Argument(help: "The command.")
    var command: String

    func validate() throws {
        guard self.lines.rates.count <= 1, self.lines.roundTrips.count <= 1 else {
            throw ValidationError("there is one line: --rate and --round-trip may be given once")
        }
    }

    func run() throws {
        let line = self.lines.line(self.lines.rates.first ?? 4, self.lines.roundTrips.first ?? 10)
        let status = try LineShell.run(self.command, on: line)
        guard status == 0 else { throw ExitCode(status) }
    }
}
