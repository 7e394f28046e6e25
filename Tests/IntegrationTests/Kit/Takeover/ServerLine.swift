import Foundation

/// Servers that take over from each other: one key, one certificate, the same ports and the same takeover socket.
final class ServerLine {
    let directory: TemporaryDirectory
    private let options: ServerOptions
    /// The one that serves, or the last one that was started.
    private(set) var current: ServerProcess

    /// Starts the first of them.
    init(_ options: ServerOptions, drainTime: String = "1s") throws {
        self.directory = try TemporaryDirectory()
        var options = options
        options.directory = self.directory
        options.flags += ["--takeover", self.directory.file("takeover").path, "--drain-time", drainTime]
        self.current = try ServerProcess(options)
        self.options = self.current.options
    }

    /// The path of the takeover socket.
    var path: String { self.directory.file("takeover").path }

    /// Options of a server that is to come next, with its own log.
    func successor(_ change: (inout ServerOptions) -> Void = { _ in }) throws -> ServerOptions {
        var options = self.options
        options.directory = try TemporaryDirectory()
        options.flags += ["-c", self.directory.file("derper.key").path, "-certdir", self.directory.url.path]
        change(&options)
        return options
    }

    /// Starts the next server, and returns the one before when the new one serves in its place.
    @discardableResult
    func takeOver(_ change: (inout ServerOptions) -> Void = { _ in }) throws -> ServerProcess {
        let previous = self.current
        let next = try ServerProcess(try self.successor(change))
        self.current = next
        try eventually("the next server takes over") {
            guard next.isRunning else { throw KitError.closed("the next server ended:\n\(next.log)") }
            return next.log.contains("Took over") && previous.log.contains("has taken over")
        }
        return previous
    }
}
