import ArgumentParser
import AsyncSockets
import LoadKit

/// A relay that does nothing between reading and writing. It shows the cost of TLS and the kernel with this socket
/// layer, and so the limit of any relay on it.
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
        // A pair can only meet in the table of one loop.
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
