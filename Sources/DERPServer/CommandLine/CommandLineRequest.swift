import ArgumentParser
import DERPKit

/// What a command line asks for.
enum CommandLineRequest {
    /// Print this text, and exit with 0.
    case print(String)
    /// Do something with maps, including the map that settings would serve.
    case map(any MapSubcommand, ServedMap?)
    /// Check relays from outside.
    case check(CheckPlan)
    /// Serve.
    case serve(ServerSettings)
    /// Check whether it could serve.
    case checkSettings(ServerSettings)
    /// Report a mistake.
    case refuse(UsageError)

    /// Whether the process runs until a signal stops it.
    var isServing: Bool { if case .serve = self { true } else { false } }

    /// Reads the arguments after the program's name.
    init(_ arguments: [String], in environment: HostEnvironment) {
        do throws(UsageError) {
            if let path = HelpRequest.path(in: arguments) {
                self = .print(try HelpRequest.text(about: path))
                return
            }
            switch arguments.first {
            case "map": self = try Self.map(Array(arguments.dropFirst()), in: environment)
            case "check": self = try Self.check(Array(arguments.dropFirst()))
            default: self = try Self.serving(GoArguments(arguments), in: environment)
            }
        } catch {
            self = .refuse(error)
        }
    }

    private static func serving(_ given: GoArguments, in environment: HostEnvironment) throws(UsageError) -> Self {
        if given.wantsHelp { return .print(FlagHelp.text) }
        let sources = try SettingSources(given.settings, in: environment)
        let general = sources.layers.given.general
        if try general.version { return .print("DERPServer \(RelayServer.version)") }
        let settings = try ServerSettings(sources, in: environment)
        try FlagNeed.check(settings)
        return try general.checkConfiguration ? .checkSettings(settings) : .serve(settings)
    }

    private static func check(_ arguments: [String]) throws(UsageError) -> Self {
        do {
            guard let command = try CheckCommand.parseAsRoot(arguments) as? CheckCommand else {
                return .print(CheckCommand.helpMessage())
            }
            return .check(try CheckPlan(command))
        } catch let error as UsageError {
            throw UsageError("check: \(error)")
        } catch  where CheckCommand.exitCode(for: error) == .success {
            return .print(CheckCommand.fullMessage(for: error))
        } catch {
            throw UsageError("check: \(CheckCommand.message(for: error))")
        }
    }

    private static func map(_ arguments: [String], in environment: HostEnvironment) throws(UsageError) -> Self {
        do {
            let arguments = try MapArguments(arguments)
            guard let command = try MapCommand.parseAsRoot(arguments.command) as? any MapSubcommand else {
                return .print(MapCommand.helpMessage())
            }
            let served = try arguments.served(in: environment)
            guard command.isComplete(with: served) else {
                throw UsageError("a source is missing: a file, a URL, - for standard input, or --config")
            }
            guard command.names.count(where: { $0 == "-" }) < 2 else {
                throw UsageError("standard input (-) can be read only once")
            }
            return .map(command, served)
        } catch let error as UsageError {
            throw UsageError("map: \(error)")
        } catch  where MapCommand.exitCode(for: error) == .success {
            return .print(MapCommand.fullMessage(for: error))
        } catch {
            throw UsageError("map: \(MapCommand.message(for: error))")
        }
    }
}
