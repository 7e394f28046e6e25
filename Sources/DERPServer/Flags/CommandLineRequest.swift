import ArgumentParser
import DERPKit

/// What a command line asks for.
enum CommandLineRequest {
    /// To print this text and exit with 0.
    case print(String)
    /// To do something with maps.
    case map(any MapSubcommand)
    /// To look at relays from outside.
    case check(CheckPlan)
    /// To serve.
    case serve(ServerSettings)
    /// To look whether it could serve.
    case checkSettings(ServerSettings)
    /// Nothing that can be done.
    case refuse(UsageError)

    /// Reads the arguments behind the program's name.
    init(_ arguments: [String], in environment: HostEnvironment) {
        if arguments.first == "map" {
            self.init(map: Array(arguments.dropFirst()))
            return
        }
        if arguments.first == "check" {
            self.init(check: Array(arguments.dropFirst()))
            return
        }
        do throws(UsageError) {
            self = try Self.serving(GoArguments(arguments), in: environment)
        } catch {
            self = .refuse(error)
        }
    }

    private static func serving(_ given: GoArguments, in environment: HostEnvironment) throws(UsageError) -> Self {
        if given.wantsHelp { return .print(ServerOptions.helpMessage()) }
        let sources = try SettingSources(given.settings, in: environment)
        do {
            let options = try ServerOptions.parse(sources.layers.arguments)
            if options.version { return .print("DERPServer \(RelayServer.version)") }
            var settings = try ServerSettings(options, in: environment)
            settings.sources = sources
            return options.configurationFile.checkConfig ? .checkSettings(settings) : .serve(settings)
        } catch let error as UsageError {
            throw UsageError(sources.layers.locating(error.description))
        } catch {
            throw UsageError(sources.layers.locating(ServerOptions.message(for: error)))
        }
    }

    private init(check arguments: [String]) {
        do {
            guard let command = try CheckCommand.parseAsRoot(arguments) as? CheckCommand else {
                self = .print(CheckCommand.helpMessage())
                return
            }
            self = .check(try CheckPlan(command))
        } catch let error as UsageError {
            self = .refuse(UsageError("check: \(error)"))
        } catch  where CheckCommand.exitCode(for: error) == .success {
            self = .print(CheckCommand.fullMessage(for: error))
        } catch {
            self = .refuse(UsageError("check: \(CheckCommand.message(for: error))"))
        }
    }

    private init(map arguments: [String]) {
        do {
            if let command = try MapCommand.parseAsRoot(arguments) as? any MapSubcommand {
                self = .map(command)
            } else {
                self = .print(MapCommand.helpMessage())
            }
        } catch  where MapCommand.exitCode(for: error) == .success {
            self = .print(MapCommand.fullMessage(for: error))
        } catch {
            self = .refuse(UsageError("map: \(MapCommand.message(for: error))"))
        }
    }
}
