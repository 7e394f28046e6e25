import Glibc
import Testing

@testable import DERPKit

@Suite("Certificate files that change")
struct CertificateFileTests {
    private let directory: TemporaryDirectory
    private let host = "a.example"
    private let now = time(nil)

    init() throws { self.directory = try TemporaryDirectory() }

    private var chain: String { self.directory.file("a.example.crt") }

    /// A certificate that begins `start` seconds from now and expires ten years later.
    private func make(from start: Int = 0, for host: String = "a.example") throws -> Certificate {
        try Certificate.selfSigned(for: .parse(host), key: SigningKey.p256(), now: self.now + start)
    }

    private func write(_ chain: Certificate, key: Certificate? = nil) throws {
        try self.write((key ?? chain).privateKeyPEM, "key")
        try self.write(chain.chainPEM, "crt")
    }

    private func write(_ text: String, _ ending: String) throws {
        try AtomicFile.write(text, to: self.directory.file("a.example.\(ending)"), mode: 0o600, existing: .replace)
    }

    private func load() throws -> CertificateFile {
        try CertificateFile(directory: self.directory.path, host: self.host)
    }

    @Test("a change counts once two looks have seen the same")
    func change() throws {
        let (first, second) = (try self.make(), try self.make())
        try self.write(first)
        let file = try self.load()
        #expect(file.refresh().isUnchanged && file.certificate == first)
        try self.write(second)
        #expect(file.refresh().isUnchanged && file.certificate == first)
        #expect(file.refresh().certificate == second && file.certificate == second)
        #expect(file.refresh().isUnchanged)
        #expect(file.refresh(atOnce: true).certificate == second)
    }

    @Test("a pair that doesn't match, is damaged, gone or another host's never replaces a good one, which is said once")
    func broken() throws {
        let first = try self.make()
        try self.write(first)
        let file = try self.load()
        let cases: [(change: () throws -> Void, problem: String)] = [
            ({ try self.write(first.privateKeyPEM + self.make().chainPEM, "crt") }, "is not the key of the first"),
            ({ try self.write("nonsense", "crt") }, "holds no PEM certificate"),
            ({ try self.write(String(first.chainPEM.dropLast(60)), "crt") }, "a.example.crt"),
            ({ try self.write(self.make(for: "b.example")) }, "is not for a.example"),
            ({ try self.write("", "key") }, "holds no usable private key"),
            ({ unlink(self.chain) }, "can't read \(self.chain): no such file or directory"),
        ]
        for (change, problem) in cases {
            try change()
            _ = file.refresh()
            let text = file.refresh().problem ?? ""
            #expect(text.contains(problem), "\(text)")
            #expect(!text.contains("BEGIN"))
            #expect(file.refresh().isUnchanged && file.certificate == first)
        }
        try self.write(first)
        _ = file.refresh()
        // The same again is news, as it was broken.
        #expect(file.refresh().certificate == first)
    }

    @Test("where self-signed ones are kept, another's signature is refused, as at the start")
    func selfSigned() throws {
        let first = try self.make()
        try self.write(first)
        let file = try CertificateFile(directory: self.directory.path, host: self.host, kind: .selfSigned)
        // Two certificates are a chain: somebody else vouches for the first.
        try self.write(first.chainPEM + self.make().chainPEM, "crt")
        let problem = "\(self.chain) is not self-signed: to serve it, choose manual certificates"
        #expect(file.refresh(atOnce: true).problem == problem && file.certificate == first)
        #expect(throws: DERPError(.certificate, problem)) {
            try CertificateFile(directory: self.directory.path, host: self.host, kind: .selfSigned)
        }
        #expect(try self.load().certificate.isSelfSigned == false)
        let second = try self.make()
        try self.write(second)
        #expect(file.refresh(atOnce: true).certificate == second)
    }

    @Test("one out of date never replaces one that is current")
    func outOfDate() throws {
        let first = try self.make()
        try self.write(first)
        let file = try self.load()
        try self.write(self.make(from: -11 * 366 * 86400))
        _ = file.refresh()
        #expect(file.refresh().problem == "the certificate in \(self.chain) has expired")
        #expect(file.refresh().isUnchanged && file.certificate == first)
    }

    @Test("one that begins later is put to use when it has begun")
    func early() throws {
        let (first, second) = (try self.make(), try self.make(from: 86400))
        try self.write(first)
        let file = try self.load()
        try self.write(second)
        _ = file.refresh()
        #expect(file.refresh().problem == "the certificate in \(self.chain) is not valid yet")
        #expect(file.refresh().isUnchanged)
        #expect(file.refresh(now: self.now + 86400).certificate == second)
        #expect(file.refresh().isUnchanged)
    }

    @Test("in place of one out of date anything will do")
    func bothOutOfDate() throws {
        try self.write(self.make(from: -11 * 366 * 86400))
        let file = try self.load()
        let second = try self.make(from: -12 * 366 * 86400)
        try self.write(second)
        #expect(file.refresh(atOnce: true).certificate == second)
    }
}

extension FileRefresh<Certificate> {
    fileprivate var isUnchanged: Bool {
        if case .unchanged = self { true } else { false }
    }

    fileprivate var certificate: Certificate? {
        if case .reloaded(let certificate) = self { certificate } else { nil }
    }

    fileprivate var problem: String? {
        if case .failed(let problem) = self { problem } else { nil }
    }
}
