import ArgumentParser
import DERPKit

/// What a command line asks for.
enum CommandLineRequest {
    /// To print this text and exit with 0.
    case print(String)
    /// To serve.
    case serve(ServerSettings)
    /// Nothing that can be done.
    case refuse(UsageError)

    /// Reads the arguments behind the program's name.
    init(_ arguments: [String], in environment: HostEnvironment) {
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
}
