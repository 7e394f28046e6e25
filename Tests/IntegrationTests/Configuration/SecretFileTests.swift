import Foundation
import TestSupport
import Testing

@Suite("Files with secrets", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct SecretFileTests {
    private static let warning = "A file with a secret is open to every user of this machine"

    private let directory: TemporaryDirectory
    private let options: ServerOptions

    init() throws {
        self.directory = try TemporaryDirectory()
        try self.directory.write(Hexadecimal.encode(TestKey.random(32)), to: "mesh.key")
        var options = ServerOptions(directory: self.directory)
        options.flags = ["-mesh-psk-file", self.directory.file("mesh.key").path]
        self.options = options
    }

    private func change(_ mode: Int) throws {
        for name in ["mesh.key", "derper.key", "127.0.0.1.key"] {
            let path = self.directory.file(name).path
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
    }

    private func warnings(in text: String) -> [String] {
        text.split(separator: "\n").filter { $0.contains(Self.warning) }.map(String.init)
    }

    @Test("Each that every user can read or write is warned of once, at the start and by --check-config")
    func exposed() throws {
        // This makes the key and the certificate.
        try self.change(after: ServerProcess(self.options), to: 0o644)
        let server = try ServerProcess(self.options)
        try RawDERPClient(server).expectQuiet()
        let told = self.warnings(in: server.log)
        #expect(told.count == 3)
        for name in ["mesh.key", "derper.key", "127.0.0.1.key"] {
            let path = self.directory.file(name).path
            #expect(
                told.count { $0.contains("file=\(path)") && $0.contains("mode=644") && $0.contains("chmod 600") } == 1
            )
        }
        try self.change(after: server, to: 0o602)
        let checked = try ServerProcess.runToEnd(self.options.with { $0.flags.append("--check-config") })
        #expect(checked.status == .code(0) && self.warnings(in: checked.output).count == 3)
    }

    @Test("Those of the owner and of a group are not", arguments: [0o600, 0o640, 0o660])
    func closed(mode: Int) throws {
        try self.change(after: ServerProcess(self.options), to: mode)
        let server = try ServerProcess(self.options)
        try server.stop()
        #expect(self.warnings(in: server.log) == [])
    }

    private func change(after server: ServerProcess, to mode: Int) throws {
        try server.stop()
        try self.change(mode)
    }
}
