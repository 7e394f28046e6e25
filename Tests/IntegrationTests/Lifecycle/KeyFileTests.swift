import CDERPSodium
import Foundation
import TestSupport
import Testing

@Suite("Key file", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct KeyFileTests {
    @Test("A missing key file is made as derper makes it, for its owner alone, and kept")
    func made() throws {
        let first = try ServerProcess(.plain)
        let text = try first.directory.contents(of: "derper.key")
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let key = try #require(json["PrivateKey"] as? String)
        #expect(key.hasPrefix("privkey:") && key.count == 8 + 64)
        #expect(try first.directory.permissions(of: "derper.key") == 0o600)
        #expect(try RawDERPClient(first).serverKey == Self.publicKey(ofHex: key.dropFirst(8)))
        // Nothing else is left from making it.
        let names = try FileManager.default.contentsOfDirectory(atPath: first.directory.url.path)
        #expect(names.filter { $0.contains("derper.key") } == ["derper.key"])
        try first.stop()
        #expect(!first.log.contains(key.dropFirst(8)))

        let second = try ServerProcess(first.options)
        #expect(try second.directory.contents(of: "derper.key") == text)
        #expect(try RawDERPClient(second).serverKey == Self.publicKey(ofHex: key.dropFirst(8)))
    }

    @Test(
        "derper's JSON and headscale's text are both read, and left as they are",
        arguments: [
            "{\n\t\"PrivateKey\": \"privkey:%\"\n}\n", #"{"PrivateKey":"privkey:%","Later":1}"#, "privkey:%",
            "privkey:%\n",
        ]
    )
    func forms(template: String) throws {
        let directory = try TemporaryDirectory()
        let hex = Hexadecimal.encode(Self.clampedKey())
        let text = template.replacingOccurrences(of: "%", with: hex)
        try directory.write(text, to: "derper.key")
        let server = try ServerProcess(ServerOptions.plain.with { $0.directory = directory })
        #expect(try RawDERPClient(server).serverKey == Self.publicKey(ofHex: hex))
        #expect(try directory.contents(of: "derper.key") == text)
    }

    @Test(
        "A broken key file is refused, left as it is, and not shown",
        arguments: [
            "", "{}", "privkey:", "privkey:%00", "%", "nodekey:%", #"{"PrivateKey":"%"}"#, #"{"PrivateKey":"privkey:%"#,
            "privkey:" + String(repeating: "0", count: 64), "privkey:" + String(repeating: "g", count: 64),
        ]
    )
    func broken(template: String) throws {
        let directory = try TemporaryDirectory()
        let hex = Hexadecimal.encode(Self.clampedKey())
        let text = template.replacingOccurrences(of: "%", with: hex)
        try directory.write(text, to: "derper.key")
        let result = try ServerProcess.runToExit(ServerOptions.plain.with { $0.directory = directory })
        #expect(result.status == .code(1))
        #expect(result.errors.contains("-c"))
        #expect(result.errors.contains("derper.key"))
        #expect(!result.errors.contains(hex))
        #expect(try directory.contents(of: "derper.key") == text)
    }

    @Test("A key file that can't be read is refused in one line that names the setting")
    func unreadable() throws {
        let directory = try TemporaryDirectory()
        // A directory in its place can be read as a file by nobody, not even by root.
        try FileManager.default.createDirectory(at: directory.file("derper.key"), withIntermediateDirectories: false)
        let result = try ServerProcess.runToExit(ServerOptions.plain.with { $0.directory = directory })
        #expect(result.status == .code(1))
        #expect(result.errors.contains("-c") && result.errors.contains("derper.key"))
    }

    @Test("A certificate that can't be used is refused in one line that names the setting", arguments: ["", "garbage"])
    func badCertificate(text: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write(text, to: "127.0.0.1.crt")
        try directory.write(text, to: "127.0.0.1.key")
        let options = ServerOptions(certificate: .manual, directory: directory)
        let result = try ServerProcess.runToExit(options)
        #expect(result.status == .code(1))
        #expect(result.errors.contains("-certdir") || result.errors.contains("-certmode"))
        #expect(result.errors.contains("127.0.0.1.crt"))
    }

    @Test("A missing manual certificate is refused, and none is made")
    func missingCertificate() throws {
        let directory = try TemporaryDirectory()
        let result = try ServerProcess.runToExit(ServerOptions(certificate: .manual, directory: directory))
        #expect(result.status == .code(1))
        #expect(result.errors.contains("127.0.0.1.crt"))
        #expect(!FileManager.default.fileExists(atPath: directory.file("127.0.0.1.crt").path))
    }

    private static func clampedKey() -> [UInt8] {
        var bytes = TestKey.random(32)
        bytes[0] &= 248
        bytes[31] = bytes[31] & 127 | 64
        return bytes
    }

    private static func publicKey(ofHex hex: some StringProtocol) -> [UInt8] {
        var publicBytes = [UInt8](repeating: 0, count: 32)
        crypto_scalarmult_base(&publicBytes, Hexadecimal.decode(String(hex)) ?? publicBytes)
        return publicBytes
    }
}
