import Glibc

/// The executable: flags, files and signals in, DERPKit calls out.
@main
enum Main {
    static func main() async {
        AddressSpace.prepare()
        EarlyHangup.catchIt()
        // A log reader that goes away must not end the relay.
        signal(SIGPIPE, SIG_IGN)
        let request = Self.request()
        if !request.isServing { EarlyHangup.letGo() }
        switch request {
        case .print(let text):
            print(text)
        case .refuse(let error):
            Self.fail("\(error)", status: EX_USAGE)
        case .map(let command, let served):
            Self.finish(await command.perform(with: served))
        case .check(let plan):
            Self.finish(await plan.perform())
        case .checkSettings(let settings):
            Self.refuseWithoutRoom(settings)
            do {
                Self.finish(try await ConfigurationCheck(settings: settings).perform())
            } catch {
                Self.fail(settings.sources.layers.describe(error), status: EXIT_FAILURE)
            }
        case .serve(let settings):
            Self.refuseWithoutRoom(settings)
            do {
                try await Launcher(settings: settings).serve()
                OutputQueue.flush()
            } catch {
                Self.fail(settings.sources.layers.describe(error), status: EXIT_FAILURE)
            }
        }
    }

    private static func request() -> CommandLineRequest {
        let request: CommandLineRequest
        do throws(UsageError) {
            request = CommandLineRequest(try ProcessArguments.current(), in: .current)
        } catch {
            return .refuse(error)
        }
        switch request {
        case .print, .refuse: break
        case .map, .check, .checkSettings, .serve:
            // libdispatch counts its threads there. If it can't, it ends the process within seconds, by SIGILL.
            guard access("/proc/self/stat", R_OK) == 0 else {
                Self.fail("/proc is not mounted, and Swift's runtime needs it", status: EXIT_FAILURE)
            }
        }
        return request
    }

    /// Exits if there is no room for the server's threads. Reports it without a thread, because there may be no room
    /// for one.
    private static func refuseWithoutRoom(_ settings: ServerSettings) {
        guard let shortage = AddressSpace.shortage(loopCount: settings.loopCount) else { return }
        Self.write("DERPServer: \(shortage)\n", to: STDERR_FILENO)
        exit(EXIT_FAILURE)
    }

    /// Prints the outcome of a command, and exits.
    private static func finish(_ outcome: CommandOutcome) -> Never {
        OutputQueue.flush()
        Self.write(outcome.output, to: STDOUT_FILENO)
        Self.write(outcome.errors, to: STDERR_FILENO)
        exit(outcome.status)
    }

    /// Prints the reason in one line, after the log's lines, and exits.
    private static func fail(_ reason: String, status: Int32) -> Never {
        OutputQueue.standardError.write("DERPServer: \(reason)\n")
        OutputQueue.flush()
        exit(status)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(count, 0))
        }
    }
}
