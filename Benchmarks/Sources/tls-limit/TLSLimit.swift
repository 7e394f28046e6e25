import ArgumentParser
import AsyncSockets
import LoadKit

/// A relay with nothing between reading and writing: what TLS and the kernel cost on this socket layer, and so the most
/// that any relay on it can reach.
@main
struct TLSLimit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tls-limit",
        abstract: "Relays bytes between pairs of connections, without reading them."
    )

    @Argument(help: "The port on 127.0.0.1.")
    var port: UInt16

    @Argument(help: "A directory, in which it makes its certificate; without one it relays plain TCP.")
    var directory: String?

    func run() async throws {
        Limits.raiseOpenFiles()
        // Pairs meet in one loop's table.
        let group = try IOLoopGroup(count: 1)
        let tls = try self.directory.map { try LocalCertificate(in: $0).serverTLS() }
        let pairing = Pairing()
        let address = IPEndpoint(.loopbackIPv4, port: self.port)
        let listener = try await TCPListener(address: address, group: group) { stream in
            Task(executorPreference: stream.loop) { await pairing.serve(stream, tls: tls) }
        }
        while !Task.isCancelled { try await Task.sleep(for: .seconds(3600)) }
        await listener.close()
    }
}
