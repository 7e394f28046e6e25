import Foundation
import TestSupport
import Testing

/// Caddy validates at the real ports, 80 and 443, so all of it runs in a network of its own.
@Suite("ACME with Caddy", .heavy, .blocking, .serialized, .timeLimit(.minutes(2)))
struct CaddyTests {
    private let directory: TemporaryDirectory

    init() throws { self.directory = try TemporaryDirectory() }

    /// Where Caddy keeps the root of its certificates.
    private static let root = "caddy/pki/authorities/local/root.crt"

    private static let caddyfile = """
        {
            admin off
            skip_install_trust
            storage file_system caddy
            auto_https disable_redirects
            local_certs
        }
        https://127.0.0.2:9443 {
            acme_server
        }

        """

    /// Starts Caddy and a server, and says by `curl` whether each name is trusted by who trusts Caddy's root.
    private static let script = """
        set -e
        export HOME=$PWD XDG_CONFIG_HOME=$PWD XDG_DATA_HOME=$PWD
        caddy run --config Caddyfile --adapter caddyfile >caddy.log 2>&1 &
        until curl --silent --cacert \(root) https://127.0.0.2:9443/acme/local/directory >directory.json; do
            sleep 0.1
        done
        "$0" -a 127.0.0.1:443 -http-port "$1" -hostname localhost,127.0.0.1 -certmode letsencrypt -certdir certs \
            -c derper.key -stun=false --acme-directory https://127.0.0.2:9443/acme/local/directory \
            --ca-file \(root) -acme-ip-certs --acme-retry-delay 1s --loops 2 2>server.log &
        for name in localhost 127.0.0.1; do
            until curl --silent --cacert \(root) --resolve localhost:443:127.0.0.1 \
                --output page --write-out "$name %{http_code}\\n" "https://$name/generate_204"; do sleep 0.1; done
        done
        echo done
        wait

        """

    @Test("Names and addresses are certified at port 80, and within TLS without it", arguments: ["80", "-1"])
    func issuance(httpPort: String) throws {
        try self.directory.write(Self.caddyfile, to: "Caddyfile")
        let process = try OwnNetwork.run(Self.script, [httpPort], in: self.directory)
        func contents(_ name: String) -> String { (try? self.directory.contents(of: name)) ?? "" }
        do {
            try eventually("both are trusted", within: .seconds(60)) {
                guard !process.hasEnded else { throw KitError.closed(process.errors) }
                return process.output.contains("done")
            }
        } catch {
            throw KitError.unexpected("\(error)\n\(process.output)\(process.errors)\(contents("server.log"))")
        }
        let lines = process.output.split(separator: "\n").filter { $0.hasSuffix(" 204") }
        #expect(lines == ["localhost 204", "127.0.0.1 204"])
        #expect(!contents("server.log").contains("Ordering a certificate failed"), "\(contents("server.log"))")
        #expect(contents("caddy.log").contains(httpPort == "80" ? "http-01" : "tls-alpn-01"))
        process.send(signal: SIGKILL)
    }
}
