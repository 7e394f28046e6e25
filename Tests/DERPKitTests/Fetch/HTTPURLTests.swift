import Testing

@testable import DERPKit

@Suite("URLs that are fetched")
struct HTTPURLTests {
    @Test("scheme, host, port and target are distinguished; the default port is left out")
    func parts() throws {
        let url = try #require(HTTPURL("HTTPS://derp.example.com:443/map?x=1#part"))
        #expect(url.isSecure)
        #expect(url.text == "https://derp.example.com/map?x=1")
        #expect(url.description == "https://derp.example.com/map")
        let literal = try #require(HTTPURL("http://[::1]:8080"))
        #expect(literal.name == "::1")
        #expect(literal.authority == "[::1]:8080")
        #expect(literal.target == "/")
        #expect(HTTPURL("http://h?q")?.target == "/?q")
    }

    @Test(
        "what is not an http or https URL is refused",
        arguments: [
            "", "derp.example.com/map", "ftp://h/", "https:/h/", "https://", "https://user@h/", "https://h:0/",
            "https://h:65536/", "https://h/a b", "https://h/\r\nX: y", "https://h/ü", "https://::1/", "https://a..b/",
            "https://h/" + String(repeating: "x", count: 4096),
        ]
    )
    func refused(text: String) {
        #expect(HTTPURL(text) == nil)
    }

    @Test(
        "a reference is resolved as RFC 3986 §5.4 says",
        arguments: [
            ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"),
            ("//g", "http://g/"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"),
            ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("..", "http://a/b/"), ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"), ("g#s", "http://a/b/c/g"), ("https://other/x", "https://other/x"),
            ("./g:h", "http://a/b/c/g:h"),
        ]
    )
    func references(reference: String, expected: String) throws {
        let base = try #require(HTTPURL("http://a/b/c/d;p?q"))
        #expect(base.resolving(reference)?.text == expected)
    }

    @Test("a reference of another scheme leads nowhere", arguments: ["ftp://h/", "mailto:a", "javascript:alert(1)"])
    func foreign(reference: String) throws {
        let base = try #require(HTTPURL("http://a/b"))
        #expect(base.resolving(reference) == nil)
    }

    @Test(
        "what is no URL is shown without what may be secret",
        arguments: [
            ("derp.yaml", "\"derp.yaml\""), ("htps://h/map?token=secret", "\"htps://h/map\""),
            ("https://user:secret@h/map", "\"…@h/map\""), ("https://u:se@cret@h/?x@y", "\"…@h/\""),
            ("https://h/#secret", "\"https://h/\""), ("a\n", "\"a?\""),
        ]
    )
    func quoted(text: String, shown: String) {
        #expect(HTTPURL.quote(text) == shown)
    }
}
