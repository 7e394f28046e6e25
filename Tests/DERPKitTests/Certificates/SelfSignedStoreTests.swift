import Glibc
import Testing

@testable import DERPKit

@Suite("Stored self-signed certificate")
struct SelfSignedStoreTests {
    let directory: TemporaryDirectory
    let host = "127.0.0.1"
    private let year: time_t = 365 * 86400

    init() throws { self.directory = try TemporaryDirectory() }

    private var chain: String { self.directory.file("127.0.0.1.crt") }
    private var key: String { self.directory.file("127.0.0.1.key") }

    private func load(now: time_t = time(nil)) throws -> Certificate.Stored {
        try Certificate.selfSigned(for: self.host, directory: self.directory.path, now: now)
    }

    @Test("it is made once, the key for the owner alone, and stays the same while it is valid")
    func madeOnce() throws {
        let first = try self.load()
        #expect(first.origin == .made)
        #expect(TemporaryDirectory.mode(of: self.key) == 0o600)
        #expect(self.directory.entries() == ["127.0.0.1.crt", "127.0.0.1.key"])

        for now in [time(nil), time(nil) + 9 * self.year, time(nil) - self.year] {
            let again = try self.load(now: now)
            #expect(again.origin == .found)
            #expect(again.certificate.pin == first.certificate.pin)
        }
    }

    @Test(
        "its files have the host's name, of which only letters, digits, hyphens and dots are kept",
        arguments: [
            ("2001:db8::42", "2001db842"), ("relay_1.example.com", "relay1.example.com"), ("192.0.2.1", "192.0.2.1"),
        ]
    )
    func names(host: String, name: String) throws {
        let made = try Certificate.selfSigned(for: host, directory: self.directory.path)
        #expect(self.directory.entries() == ["\(name).crt", "\(name).key"])
        let read = try Certificate(directory: self.directory.path, host: host)
        #expect(read.pin == made.pin)
    }

    @Test("a missing directory is made")
    func directories() throws {
        let path = self.directory.file("a/b")
        #expect(try Certificate.selfSigned(for: "::1", directory: path, now: time(nil)).origin == .made)
        #expect(TemporaryDirectory.mode(of: path) == 0o700)
        #expect(access(path + "/1.crt", F_OK) == 0)
    }

    @Test("an expired certificate is replaced, with the same key")
    func expired() throws {
        let first = try self.load(now: time(nil) - 11 * self.year)
        let keyText = try FileReader.text(at: self.key, limit: 10000)
        let second = try self.load()
        #expect(second.origin == .renewed)
        #expect(second.certificate.pin != first.certificate.pin)
        #expect(try FileReader.text(at: self.key, limit: 10000) == keyText)
        #expect(try self.load().origin == .found)
    }

    @Test("a certificate for another host is replaced")
    func renamed() throws {
        let other = try Certificate.selfSigned(for: "10.0.0.1")
        try self.directory.write(other.chainPEM, to: "127.0.0.1.crt")
        try self.directory.write(other.privateKeyPEM, to: "127.0.0.1.key")
        let stored = try self.load()
        #expect(stored.origin == .renamed)
        #expect(try stored.certificate.leaf().isValid(for: .parse(self.host)))
        #expect(try self.load().origin == .found)
    }

    @Test("a certificate without its key is refused and left alone")
    func chainOnly() throws {
        try self.directory.write("something", to: "127.0.0.1.crt")
        let error = #expect(throws: DERPError.self) { try self.load() }
        #expect(error?.message.contains(self.key) == true)
        #expect(try FileReader.text(at: self.chain, limit: 100) == "something")
        #expect(self.directory.entries() == ["127.0.0.1.crt"])
    }

    @Test("a key without its certificate, as a crash may leave it, is completed")
    func keyOnly() throws {
        let first = try self.load()
        unlink(self.chain)
        let second = try self.load()
        #expect(second.origin == .made)
        #expect(second.certificate.privateKeyPEM == first.certificate.privateKeyPEM)
    }

    @Test("a broken file, another's key, and a certificate that is not self-signed are refused and left alone")
    func refused() throws {
        let good = try self.load().certificate
        let other = try Certificate.selfSigned(for: self.host)
        for (chainText, keyText) in [
            ("broken", good.privateKeyPEM), (good.chainPEM, "broken"), (good.chainPEM, other.privateKeyPEM),
            (good.chainPEM + other.chainPEM, good.privateKeyPEM),
        ] {
            try self.directory.write(chainText, to: "127.0.0.1.crt")
            try self.directory.write(keyText, to: "127.0.0.1.key")
            #expect(throws: DERPError.self) { try self.load() }
            #expect(try FileReader.text(at: self.chain, limit: 10000) == chainText)
            #expect(try FileReader.text(at: self.key, limit: 10000) == keyText)
        }
    }

    @Test("of many that start at once, all get the same certificate")
    func race() async throws {
        let stored = try await withThrowingTaskGroup(of: Certificate.Stored.self) { group in
            for _ in 0..<16 { group.addTask { try self.load() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(stored.map(\.certificate.pin)).count == 1)
        #expect(stored.filter { $0.origin == .made }.count == 1)
        #expect(self.directory.entries() == ["127.0.0.1.crt", "127.0.0.1.key"])
    }

    @Test(
        "a host that is neither name nor address never becomes a path",
        arguments: ["", "..", "a/b", "a b", "[::1]", "1.2.3", "a..b"]
    )
    func hosts(host: String) throws {
        #expect(throws: DERPError(.certificate, "\"\(host)\" is neither a DNS name nor an IP address")) {
            try Certificate.selfSigned(for: host, directory: self.directory.path)
        }
        #expect(self.directory.entries().isEmpty)
    }
}
