import Glibc
import Testing

@testable import DERPKit

@Suite("Key file")
struct KeyFileTests {
    let directory: TemporaryDirectory
    let digits = String(repeating: "0a", count: 31) + "4b"

    init() throws { self.directory = try TemporaryDirectory() }

    @Test("derper's JSON and headscale's text give the same key")
    func bothForms() throws {
        let forms = [
            "{\"PrivateKey\": \"privkey:\(self.digits)\"}",
            "{\n\t\"PrivateKey\": \"privkey:\(self.digits)\"\n}\n",
            "{\"Other\": [1, {}], \"privatekey\": \"privkey:\(self.digits)\"}",
            "privkey:\(self.digits)",
            " \tprivkey:\(self.digits)\r\n",
        ]
        for form in forms {
            let path = try self.directory.write(form, to: "key")
            #expect(try KeyFile(path: path).load().secretText == "privkey:\(self.digits)")
            #expect(try KeyFile(path: path).loadOrCreate().wasCreated == false)
        }
    }

    @Test("a missing file is made, with its directories, for the owner alone")
    func creation() throws {
        let file = KeyFile(path: self.directory.file("a/b/derper.key"))
        let made = try file.loadOrCreate()
        #expect(made.wasCreated)
        #expect(TemporaryDirectory.mode(of: file.path) == 0o600)
        #expect(TemporaryDirectory.mode(of: self.directory.file("a")) == 0o700)
        #expect(TemporaryDirectory.mode(of: self.directory.file("a/b")) == 0o700)

        let again = try file.loadOrCreate()
        #expect(!again.wasCreated)
        #expect(again.key.secretText == made.key.secretText)
        #expect(try FileReader.text(at: file.path, limit: 1000) == "{\n\t\"PrivateKey\": \"\(made.key.secretText)\"\n}")
    }

    @Test("headscale's form is the key alone, as headscale writes and reads it")
    func headscaleForm() throws {
        let file = KeyFile(path: self.directory.file("derp_server_private.key"), form: .headscale)
        let made = try file.loadOrCreate()
        #expect(made.wasCreated && TemporaryDirectory.mode(of: file.path) == 0o600)
        #expect(try FileReader.text(at: file.path, limit: 1000) == made.key.secretText)
        #expect(made.key.secretText.hasPrefix("privkey:") && made.key.secretText.utf8.count == 8 + 64)
        #expect(try KeyFile(path: file.path).load().secretText == made.key.secretText)
        // What is there stays as it is, whose form it may be.
        let text = "{\"PrivateKey\": \"privkey:\(self.digits)\"}"
        let other = KeyFile(path: try self.directory.write(text, to: "derper.key"), form: .headscale)
        #expect(try !other.loadOrCreate().wasCreated)
        #expect(try FileReader.text(at: other.path, limit: 1000) == text)
    }

    @Test(
        "root leaves headscale's key to the owner of its directory",
        .enabled(if: geteuid() == 0, "only root can give a file away")
    )
    func owner() throws {
        #expect(chown(self.directory.path, 1234, 4321) == 0)
        for (form, owner) in [(KeyFile.Form.headscale, uid_t(1234)), (.derper, 0)] {
            let file = KeyFile(path: self.directory.file("\(form)"), form: form)
            _ = try file.loadOrCreate()
            var status = stat()
            #expect(stat(file.path, &status) == 0 && status.st_uid == owner)
            #expect(status.st_gid == (form == .headscale ? 4321 : getegid()) && status.st_mode & 0o777 == 0o600)
        }
    }

    @Test("only loadOrCreate makes a file")
    func loadNeverCreates() throws {
        let file = KeyFile(path: self.directory.file("key"))
        #expect(throws: DERPError(.keyFile, "can't read the key file \(file.path): no such file or directory")) {
            try file.load()
        }
        #expect(self.directory.entries().isEmpty)
    }

    @Test(
        "a broken file is refused, left as it is, and not quoted",
        arguments: [
            "", " \n", "secret-words", "privkey:", "privkey:secret", "privkey:" + String(repeating: "0", count: 64),
            "privkey:" + String(repeating: "ab", count: 33), "{", "{}", "[\"privkey:secret\"]",
            "{\"PrivateKey\": 5}", "{\"PrivateKey\": null}", "{\"PrivateKey\": \"secret\"}",
            "{\"PrivateKey\": \"privkey:secret\"} trailing",
        ]
    )
    func broken(content: String) throws {
        let path = try self.directory.write(content, to: "key")
        let error = #expect(throws: DERPError.self) { try KeyFile(path: path).loadOrCreate() }
        let message = try #require(error?.message)
        #expect(error?.code == .keyFile)
        #expect(message.contains(path))
        #expect(!message.contains("secret") && !message.contains("\n"))
        #expect(try FileReader.text(at: path, limit: 1000) == content)
        #expect(self.directory.entries() == ["key"])
    }

    @Test("what is no small text file is refused")
    func notAFile() throws {
        #expect(throws: DERPError(.keyFile, "can't read the key file \(self.directory.path): not a regular file")) {
            try KeyFile(path: self.directory.path).loadOrCreate()
        }
        let large = try self.directory.write(String(repeating: " ", count: 65537), to: "large")
        #expect(throws: DERPError(.keyFile, "can't read the key file \(large): larger than 64 KiB")) {
            try KeyFile(path: large).loadOrCreate()
        }
    }

    @Test("of many that start at once, one makes the file and all get its key")
    func race() async throws {
        let file = KeyFile(path: self.directory.file("new/key"))
        let loaded = try await withThrowingTaskGroup(of: KeyFile.Loaded.self) { group in
            for _ in 0..<32 { group.addTask { try file.loadOrCreate() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(loaded.map(\.key.secretText)).count == 1)
        #expect(loaded.filter(\.wasCreated).count == 1)
    }

    @Test("the loser of a race leaves the winner's file alone, and no temporary file")
    func exclusiveWrite() throws {
        let path = try self.directory.write("winner", to: "key")
        #expect(throws: FileError(.system(17))) {
            try AtomicFile.write("loser", to: path, mode: 0o600, existing: .keep)
        }
        #expect(try FileReader.text(at: path, limit: 100) == "winner")
        #expect(self.directory.entries() == ["key"])
    }

    @Test("a directory that can't be made is named")
    func unwritable() throws {
        try self.directory.write("", to: "file")
        let path = self.directory.file("file/key")
        let error = #expect(throws: DERPError.self) { try KeyFile(path: path).loadOrCreate() }
        #expect(error?.message.contains(path) == true)
    }
}
