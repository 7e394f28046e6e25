import CLoad
@_spi(Benchmarks) import DERPKit
import FoundationEssentials
import Glibc
import LoadKit

/// The files that the servers read, in a directory of the soak's own, and how they change.
// @unchecked: used by one task at a time.
final class SoakFiles: @unchecked Sendable {
    let directory: String
    private(set) var serial = 0
    private var isTight = false

    init() throws {
        self.directory = try TemporaryDirectory.make()
        for name in ["certs", "peer-certs"] { mkdir("\(self.directory)/\(name)", 0o700) }
        try self.shell(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=soak \
            -keyout ca.key -out ca.crt
            """
        )
        try self.write("mesh", (0..<32).map { _ in "5a" }.joined() + "\n")
        try self.write("deny", "")
        try self.replaceRates()
        try self.replaceCertificate()
        try self.issue(serial: 1_000_000, to: "peer-certs")
    }

    func remove() { TemporaryDirectory.remove(self.directory) }

    /// Makes a new key and certificate for the relay.
    func replaceCertificate() throws {
        self.serial += 1
        try self.issue(serial: self.serial, to: "certs")
    }

    private func issue(serial: Int, to name: String) throws {
        try self.shell(
            """
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=127.0.0.1 \
            -keyout new.key -out new.csr && \
            printf 'subjectAltName=IP:127.0.0.1\\nbasicConstraints=CA:FALSE\\n' > new.ext && \
            openssl x509 -req -in new.csr -CA ca.crt -CAkey ca.key -set_serial \(serial) -days 2 -extfile new.ext \
            -out new.crt && chmod 600 new.key && mv new.key \(name)/127.0.0.1.key && mv new.crt \(name)/127.0.0.1.crt
            """
        )
    }

    /// Writes the rates anew: those that nobody reaches, or those that hold floods back.
    func replaceRates() throws {
        let rate = self.isTight ? 4_000_000 : 200_000_000
        self.isTight.toggle()
        let text = "{ \"PerClientRateLimitBytesPerSec\": \(rate), \"PerClientRateBurstBytes\": \(rate / 4) }\n"
        try self.write("rates.json", text)
    }

    /// Writes the list of clients that are admitted.
    func writeAllowList(_ keys: [NodePublicKey]) throws {
        try self.write("allow", keys.map { "\($0)\n" }.joined())
    }

    /// Writes the list of clients that are not.
    func writeDenyList(_ keys: [NodePublicKey]) throws {
        try self.write("deny", keys.map { "\($0)\n" }.joined())
    }

    /// Replaces a file in one step.
    func write(_ name: String, _ text: String) throws {
        let path = "\(self.directory)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: path + ".new"))
        chmod(path + ".new", 0o600)
        guard rename(path + ".new", path) == 0 else { throw SoakError("\(path) can't be written") }
    }

    private func shell(_ command: String) throws {
        let log = "\(self.directory)/openssl.log"
        let pid = cload_spawn(command, self.directory, log, 0)
        guard pid > 0 else { throw SoakError("can't start openssl") }
        var status: Int32 = 0
        let end = cload_now() + 20_000_000_000
        while cload_reap_status(pid, &status) == 0 {
            guard cload_now() < end else { throw SoakError("openssl takes too long") }
            usleep(2000)
        }
        guard status == 0 else { throw SoakError("openssl failed: \(TextFile.read(log).suffix(500))") }
    }
}
