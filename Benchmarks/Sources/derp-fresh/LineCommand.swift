import ArgumentParser
import FreshKit

struct LineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "line",
        abstract: "Runs a shell command that has a slow line, for measurements with other programs.",
        discussion: """
            The command's variables: RELAY_SIDE and RECEIVER_SIDE run what follows them at that end of the line \
            ("$RECEIVER_SIDE curl http://$RELAY_ADDRESS:3340/"), and RELAY_ADDRESS is where servers must listen. The \
            line ends with the command, whose exit code is passed on.
            """
    )

    @OptionGroup var cases: CaseOptions

    @Argument(help: "The command.")
    var command: String

    func run() throws {
        guard let line = self.cases.cases.first?.line else { return }
        let status = try LineShell.run(self.command, on: line)
        guard status == 0 else { throw ExitCode(status) }
    }
}
