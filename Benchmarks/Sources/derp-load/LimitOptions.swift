import ArgumentParser
import AsyncSockets
import LoadKit

/// The options for relays that don't speak DERP.
struct LimitOptions: ParsableArguments {
    @Flag(help: "The server is tls-limit, which relays between pairs of connections without reading frames.")
    var limit = false

    @Option(
        help: ArgumentHelp(
            """
            The server is a proxy, which passes connections on to this port of 127.0.0.1. The other half of each pair \
            is there then, over TLS when the URL says https. Needs --loops 1.
            """,
            valueName: "port"
        )
    )
    var sinkPort: UInt16?

    func validate() throws {
        guard self.sinkPort == nil || !self.limit else {
            throw ValidationError("--limit and --sink-port exclude each other")
        }
    }

    /// Returns how to log in; `nil` for a server that speaks DERP.
    func login(isTLS: Bool, _ group: IOLoopGroup) async throws -> Target.Login? {
        if let sinkPort { return .through(try await Sink(port: sinkPort, isTLS: isTLS, group)) }
        return self.limit ? .pair : nil
    }
}
