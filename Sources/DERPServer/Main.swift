import Glibc

/// The executable: flags, files and signals in, DERPKit calls out.
@main
enum Main {
    static func main() async {
        // A log reader that goes away must not take the relay with it.
        signal(SIGPIPE, SIG_IGN)
        switch CommandLineRequest(Array(CommandLine.arguments.dropFirst()), in: .current) {
        case .print(let text):
            print(text)
        case .refuse(let error):
            Self.fail("\(error)", status: EX_USAGE)
        case .serve(let settings):
            do {
                try await Launcher(settings: settings).serve()
            } catch {
                Self.fail("\(error)", status: EXIT_FAILURE)
            }
        }
    }

    /// Says why in one line, and exits.
    private static func fail(_ reason: String, status: Int32) -> Never {
        let line = Array("DERPServer: \(reason)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(status)
    }
}
