import CLoad
import Glibc
import LoadKit

/// A server that was started in a namespace of its own.
final class FreshServer {
    /// The ports. Nobody else is in the namespace.
    static let port: UInt16 = 3340
    private static let stunPort: UInt16 = 3478

    private let recipe: ServerRecipe
    private let leader: Int32
    private let directory: String

    /// Starts a server and waits until it admits clients.
    ///
    /// - Throws: ``FreshError`` with the end of its log if it doesn't within 10 s.
    init(_ recipe: ServerRecipe, isTLS: Bool, in namespace: Namespace) throws {
        let directory = try TemporaryDirectory.make()
        let command = Self.command(recipe, directory: directory)
        let here = String(cString: getcwd(nil, 0))
        self.recipe = recipe
        self.directory = directory
        self.leader = try namespace.run { cload_spawn(command, here, directory + "/server.log", 0) }
        guard self.leader > 0 else { throw FreshError("\(recipe.name) can't be started") }
        do {
            try self.waitUntilReady(isTLS: isTLS, in: namespace)
        } catch {
            self.stop()
            throw error
        }
    }

    /// Returns the shell command. The relay must serve on an address that the receiver can reach, so 127.0.0.1 becomes
    /// that of the namespace.
    static func command(_ recipe: ServerRecipe, directory: String) -> String {
        recipe.command
            .replacing("127.0.0.1:{port}", with: "{host}:{port}")
            .replacing("{host}", with: SlowLine.relayAddress)
            .replacing("{port}", with: "\(Self.port)")
            .replacing("{stun-port}", with: "\(Self.stunPort)")
            .replacing("{dir}", with: directory)
            .replacing("{loops}", with: "\(recipe.loops)")
    }

    private func waitUntilReady(isTLS: Bool, in namespace: Namespace) throws {
        let end = cload_now() + 10_000_000_000
        var last = ""
        while cload_now() < end, cload_reap(self.leader) == 0 {
            do {
                try namespace.run {
                    _ = try StockConnection(to: SlowLine.relayAddress, Self.port, isTLS: isTLS)
                }
                return
            } catch {
                last = "\(error)"
                usleep(20_000)
            }
        }
        let log = TextFile.read(self.directory + "/server.log").suffix(1000)
        throw FreshError("\(self.recipe.name) doesn't serve: \(last)\n\(log)")
    }

    /// Asks the server to end, kills it after 3 s, and removes its directory.
    func stop() {
        cload_signal_group(self.leader, SIGTERM)
        let end = cload_now() + 3_000_000_000
        while cload_reap(self.leader) == 0 {
            if cload_now() > end { cload_signal_group(self.leader, SIGKILL) }
            usleep(10_000)
        }
        // Ends what the shell may have left behind.
        cload_signal_group(self.leader, SIGKILL)
        TemporaryDirectory.remove(self.directory)
    }
}
