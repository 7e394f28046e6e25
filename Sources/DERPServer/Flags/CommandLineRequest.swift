import ArgumentParser
import DERPKit

/// What a command line asks for.
enum CommandLineRequest {
    /// To print this text and exit with 0.
    case print(String)
    /// To do something with maps.
    case map(any MapSubcommand)
    /// To serve.
    case serve(ServerSettings)
    /// Nothing that can be done.
    case refuse(UsageError)

    /// Reads the arguments behind the program's name.
    init(_ arguments: [String], in environment: HostEnvironment) {
        if arguments.first == "map" {
            self.init(map: Array(arguments.dropFirst()))
            return
        }
        do {
            let options = try ServerOptions.parse(GoArguments.normalize(arguments))
            if options.version {
                self = .print("DERPServer \(RelayServer.version)")
            } else {
                self = .serve(try ServerSettings(options, in: environment))
            }
        } catch let error as UsageError {
            self = .refuse(error)
        } catch  where ServerOptions.exitCode(for: error) == .success {
            self = .print(ServerOptions.fullMessage(for: error))
        } catch {
            self = .refuse(UsageError(ServerOptions.message(for: error)))
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
