import Foundation
import TestSupport
import Testing

@Suite("/verify", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct VerifyPageTests {
    private let directory: TemporaryDirectory
    private let denied = TestKey()

    init() throws {
        self.directory = try TemporaryDirectory()
        try self.directory.write(self.denied.text, to: "deny")
    }

    private func server() throws -> ServerProcess {
        try ServerProcess(ServerOptions(flags: ["--deny-file", self.directory.file("deny").path]))
    }

    private static func ask(
        _ server: ServerProcess,
        _ body: String,
        headers: [String: String]? = nil
    ) throws -> HTTPResponse {
        let connection = try server.connect()
        defer { connection.close() }
        let headers = headers ?? ["Content-Length": String(body.utf8.count)]
        try connection.write(HTTPRequest("/verify", method: "POST", headers: headers).encoded + body)
        return try HTTPResponse(from: connection)
    }

    @Test("Other relays are told whether the lists admit a client, as the reference asks")
    func answers() throws {
        let server = try self.server()
        let no = try Self.ask(server, #"{"NodePublic":"\#(self.denied.text)","Source":"192.0.2.1"}"#)
        #expect(no.status == 200 && no.text == #"{"Allow":false}"#)
        let yes = try Self.ask(server, #"{"NodePublic":"\#(TestKey().text)","Source":"192.0.2.1"}"#)
        #expect(yes.status == 200 && yes.text == #"{"Allow":true}"#)
        #expect(yes["Content-Type"] == "application/json")
    }

    @Test("Without lists there is no such page")
    func withoutLists() throws {
        let server = try ServerProcess(.plain)
        #expect(try Self.ask(server, #"{"NodePublic":"\#(TestKey().text)"}"#).status == 404)
    }

    @Test("What is no question gets a clear error, and the server lives")
    func badQuestions() throws {
        let server = try self.server()
        #expect(try HTTPRequest("/verify").send(to: server).status == 405)
        #expect(try Self.ask(server, "").status == 400)
        #expect(try Self.ask(server, "{}").status == 400)
        #expect(try Self.ask(server, #"{"NodePublic":"nodekey:12"}"#).status == 400)
        #expect(try Self.ask(server, "[" + String(repeating: "[", count: 4095)).status == 400)
        #expect(try Self.ask(server, "", headers: ["Content-Length": "4097"]).status == 413)
        #expect(try Self.ask(server, "", headers: ["Content-Length": "99999999999999999999"]).status == 413)
        #expect(try Self.ask(server, "0\r\n\r\n", headers: ["Transfer-Encoding": "chunked"]).status == 411)
        #expect(try Self.ask(server, "", headers: [:]).status == 411)

        let cut = try server.connect()
        try cut.write(HTTPRequest("/verify", method: "POST", headers: ["Content-Length": "10"]).encoded + "{")
        cut.close()
        try RawDERPClient(server).expectQuiet()
    }
}
