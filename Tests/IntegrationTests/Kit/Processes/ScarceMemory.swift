import Foundation
import TestSupport

/// A server that may take little more address space than it has at its start.
enum ScarceMemory {
    /// Options of a server that is left about 40 MiB.
    static func options() throws -> ServerOptions {
        // With a limit, because without one it maps more.
        let server = try ServerProcess(ServerOptions.plain.with { $0.addressSpaceLimit = 1_000_000 })
        let statm = try String(contentsOfFile: "/proc/\(server.pid)/statm", encoding: .utf8)
        guard let pages = statm.split(separator: " ").first.flatMap({ Int($0) }) else {
            throw KitError.unexpected("statm: \(statm)")
        }
        return .plain.with { $0.addressSpaceLimit = pages * sysconf(Int32(_SC_PAGESIZE)) / 1024 + 40 * 1024 }
    }

    /// Has clients log in until no more is let in, because memory is short.
    static func fill(_ server: ServerProcess) throws -> [RawDERPClient] {
        var clients: [RawDERPClient] = []
        while clients.count < 15_000 {
            guard let client = try? RawDERPClient(server) else { return clients }
            clients.append(client)
        }
        throw KitError.unexpected("\(clients.count) clients were let in")
    }
}
