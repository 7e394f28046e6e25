import AsyncSockets
import HTTPTypes
import TestSupport
import Testing

@testable import DERPKit

@Suite("HTTP client", .blocking, .light, .serialized)
struct HTTPClientTests {
    private let group: IOLoopGroup
    private let nginx: NginxServer
    private let client: HTTPClient

    init() async throws {
        self.group = try IOLoopGroup(count: 1)
        self.nginx = try await NginxServer(files: ["page.txt": "a page"])
        self.client = try HTTPClient(on: self.group.loops[0], authoritiesPEM: self.nginx.authorityPEM)
    }

    /// For a machine that has much else to do.
    private static let patient = HTTPClient.Limits(time: .seconds(60))

    private func get(
        _ url: String,
        fields: HTTPFields = [:],
        limits: HTTPClient.Limits = Self.patient
    ) async throws -> HTTPClient.Response {
        try await self.client.send(.init(.get, try #require(HTTPURL(url)), fields: fields), limits: limits)
    }

    private func code(_ url: String, limits: HTTPClient.Limits = Self.patient) async -> DERPError.Code? {
        await #expect(throws: DERPError.self) { try await self.get(url, limits: limits) }?.code
    }

    @Test("a page comes over http and https, whole or in chunks, and an error page with its status")
    func pages() async throws {
        for url in [self.nginx.http("/page.txt"), self.nginx.https("/page.txt")] {
            let response = try await self.get(url)
            #expect(response.status == 200)
            #expect(response.body == Array("a page".utf8))
        }
        let literal = try await self.get(self.nginx.https("/page.txt", host: "127.0.0.1"))
        #expect(literal.status == 200)
        let chunked = try await self.get(self.nginx.https("/chunked.shtml"))
        #expect(chunked.fields[.transferEncoding] == "chunked")
        #expect(chunked.body == Array("chunky".utf8))
        #expect(try await self.get(self.nginx.http("/500")).status == 500)
        #expect(try await self.get(self.nginx.http("/nothing")).status == 404)
    }

    @Test("what hasn't changed since is answered with 304")
    func notModified() async throws {
        let tag = try #require(try await self.get(self.nginx.http("/page.txt")).fields[.eTag])
        let again = try await self.get(self.nginx.http("/page.txt"), fields: [.ifNoneMatch: tag])
        #expect(again.status == 304)
        #expect(again.body.isEmpty)
    }

    @Test("a body and fields of the request's own reach the server")
    func post() async throws {
        let url = try #require(HTTPURL(self.nginx.http("/echo")))
        let asked = try #require(HTTPField.Name("X-Asked"))
        let response = try await self.client.send(
            .init(.post, url, fields: [asked: "yes"], body: [1, 2, 3]),
            limits: Self.patient
        )
        #expect(String(decoding: response.body, as: UTF8.self) == "POST 3 yes \(url.authority)")
    }

    @Test("five redirects are followed, a sixth is not, nor one to another scheme or from https to http")
    func redirects() async throws {
        #expect(try await self.get(self.nginx.http("/hop5/page.txt")).body == Array("a page".utf8))
        #expect(try await self.get(self.nginx.http("/upgrade")).body == Array("a page".utf8))
        #expect(try await self.get(self.nginx.http("/downgrade")).status == 200)
        for url in [
            self.nginx.http("/hop6/page.txt"), self.nginx.http("/loop"), self.nginx.http("/elsewhere"),
            self.nginx.https("/downgrade"),
        ] {
            #expect(await self.code(url) == .protocolViolation)
        }
        let url = try #require(HTTPURL(self.nginx.http("/loop")))
        #expect(try await self.client.send(.init(.post, url)).status == 302, "a POST is not sent twice")
    }

    @Test("a body that dribbles ends at the time for all of it, and an answer that never comes too")
    func slow() async throws {
        let limits = HTTPClient.Limits(time: .milliseconds(300))
        let start = ContinuousClock.now
        #expect(await self.code(self.nginx.http("/slow.txt"), limits: limits) == .incompleteAnswer)
        #expect(.now - start < .seconds(60))
    }

    @Test("a body over the limit is given up")
    func tooLarge() async throws {
        let limits = HTTPClient.Limits(time: .seconds(60), bodySize: 5)
        #expect(await self.code(self.nginx.http("/page.txt"), limits: limits) == .protocolViolation)
        #expect(await self.code(self.nginx.http("/chunked.shtml"), limits: limits) == .protocolViolation)
    }

    @Test("a server whose authority isn't trusted is not asked, nor one under another name")
    func trust() async throws {
        let stranger = try HTTPClient(on: self.group.loops[0])
        let url = try #require(HTTPURL(self.nginx.https("/page.txt")))
        let error = await #expect(throws: DERPError.self) {
            try await stranger.send(.init(.get, url), limits: Self.patient)
        }
        #expect(error?.code == .connection)
        #expect(await self.code(self.nginx.https("/page.txt", host: "127.0.0.2")) == .connection)
        #expect(throws: DERPError.self) { try HTTPClient(on: self.group.loops[0], authoritiesPEM: "nothing") }
    }

    @Test("nobody listening, and no such name, are connection errors that name the URL without its query")
    func unreachable() async throws {
        let url = self.nginx.http("/page.txt?secret")
        self.nginx.stop()
        let error = await #expect(throws: DERPError.self) { try await self.get(url) }
        #expect(error?.code == .connection)
        #expect(error?.message.contains("/page.txt: ") == true)
        #expect(error?.message.contains("secret") == false)
        #expect(await self.code("http://nowhere.invalid/") == .connection)
    }

    @Test("an answer that is cut off is an error, and under TLS also one that merely ends with the connection")
    func truncated() async throws {
        let short = try await ScriptedServer(answer: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort")
        #expect(await self.code(short.url) == .incompleteAnswer)
        let untilClose = "HTTP/1.1 200 OK\r\n\r\nshort"
        let plain = try await ScriptedServer(answer: untilClose)
        #expect(try await self.get(plain.url).body == Array("short".utf8))
        let tls = try TLSContext(
            serverChainPEM: try FileReader.text(at: self.nginx.directory.file("server.crt"), limit: 1 << 20),
            privateKeyPEM: try FileReader.text(at: self.nginx.directory.file("server.key"), limit: 1 << 20)
        )
        let cut = try await ScriptedServer(answer: untilClose, tls: tls)
        #expect(await self.code(cut.url.replacing("http:", with: "https:")) == .incompleteAnswer)
    }

    @Test("cancelling the task ends the exchange long before its time")
    func cancellation() async throws {
        let url = try #require(HTTPURL(self.nginx.http("/slow.txt")))
        let client = self.client
        let start = ContinuousClock.now
        let task = Task { try await client.send(.init(.get, url), limits: .init(time: .seconds(600))) }
        task.cancel()
        await #expect(throws: DERPError.self) { try await task.value }
        #expect(.now - start < .seconds(60))
    }
}
