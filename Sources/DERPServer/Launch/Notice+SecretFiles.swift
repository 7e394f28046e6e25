import Logging
import DERPKit
import Glibc

extension ServerSettings {
    /// The files with secrets: the relay's key, the mesh's key, and those of certificates. Some may not exist.
    var secretFiles: [String] {
        var paths = [self.keyFile, self.mesh.keyPath].compactMap { $0 }
        switch self.transport {
        case .development, .plain: break
        case .manual(let directory), .selfSigned(let directory):
            paths += self.hostnames.compactMap { Certificate.keyPath(of: $0, in: directory) }
        case .acme(let acme):
            paths += ACMEConfiguration.secretPaths(of: self.hostnames, in: acme.storage)
        }
        return paths.reduce(into: []) { known, path in if !known.contains(path) { known.append(path) } }
    }
}

extension Notice {
    /// Warns of a secret that other users of the machine can read or write; `nil` if they can't, or there is no file. A
    /// group may read it, as Debian's `ssl-cert` does.
    init?(exposed path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o006 != 0 else { return nil }
        let mode = String(status.st_mode & 0o777, radix: 8)
        self = .warning(
            "A file with a secret is open to every user of this machine",
            ["file": "\(path)", "mode": "\(mode)", "hint": "chmod 600, or 640 for a group"]
        )
    }
}
