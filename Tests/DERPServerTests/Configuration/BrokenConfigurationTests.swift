import DERPKit
import Testing

@testable import DERPServer

@Suite("Broken configuration files")
struct BrokenConfigurationTests {
    private static let time = "is a time such as 500ms, 15s or 1h30m, not"

    /// What is in the file, and the one line that is said of it, or how it begins.
    private static let cases: [(String, String)] = [
        ("", "1: there is neither a relay: section nor a derp: section"),
        ("null\n", "1: there is neither a relay: section nor a derp: section"),
        ("listen_addr: x\n", "1: there is neither a relay: section nor a derp: section"),
        ("- relay\n", "1: the file is an object, not a list"),
        ("relay\n", "1: the file is an object, not text"),
        ("relay: [a]\n", "1: relay is an object, not a list"),
        ("\nrelay:\n  stun: [\n", "4: it is not YAML: did not find expected node content"),
        ("relay:\n\tstun: false\n", "2: it is not YAML: found character that cannot start any token"),
        ("relay: {}\nrelay: {}\n", "1: the key \"relay\" appears more than once"),
        ("relay: &all {}\n", "1: anchors (&name) are not read; write & only before a space"),
        ("rellay: {}\nderp: {}\n", "1: the file has no key \"rellay\": did you mean relay?"),
        ("Derp: {}\nrelay: {}\n", "1: the file has no key \"Derp\": did you mean derp?"),
        (
            "relay: {}\nlisten_addr: x\n",
            "2: besides relay: the file may have only derp and server_url, not \"listen_addr\""
        ),
        ("relay:\n  regionid: 1\n", "2: relay has no key \"regionid\": did you mean region_id?"),
        ("relay:\n  STUN: false\n", "2: relay has no key \"STUN\": did you mean stun?"),
        ("relay:\n  quite-another: 1\n", "2: relay has no key \"quite-another\""),
        ("relay:\n  config: x\n", "2: relay has no key \"config\""),
        ("relay:\n  map_url: x\n  map-url: y\n", "3: map-url is set on line 2 already"),
        ("relay:\n  a: x\n  address: y\n", "3: address is set on line 2 already"),
        ("relay:\n  stun: \"false\"\n", "2: stun is true or false, not text"),
        ("relay:\n  stun: 0\n", "2: stun is true or false, not a number"),
        ("relay:\n  certdir: [a]\n", "2: certdir is text, not a list"),
        ("relay:\n  home: true\n", "2: home is text, not a boolean"),
        ("relay:\n  map_path:\n    - {a: b}\n", "3: map_path is text, not an object"),
        ("relay:\n  map_path:\n    - /a\n    -\n", "4: an item of map_path is empty"),
        ("relay:\n  stun_port: 70000\n", "2: -stun-port is 0…65535, not \"70000\""),
        ("relay:\n  http_port: 1.5\n", "2: -http-port is -1…65535, not \"1.5\""),
        ("relay:\n\n  tcp_write_timeout: 2\n", "3: -tcp-write-timeout \(time) \"2\""),
        ("relay:\n  reverify_interval: 1d\n", "2: --reverify-interval is a time such as 15s or 1h30m, not \"1d\""),
        ("relay:\n  max_queue_delay: 1\n", "2: --max-queue-delay is a time such as 500ms or 15s, not \"1\""),
        ("relay:\n  max_queue_delay: 2m\n", "2: --max-queue-delay is 0 or 5ms to 1m, not \"2m\""),
        ("relay:\n  map_update: 1ms\n", "2: --map-update is 0 or 1s to 720h, not \"1ms\""),
        ("relay:\n  home: ftp://x\n", "2: -home is \"blank\" or an http or https URL, not \"ftp://x\""),
        (
            "relay:\n  map_url:\n    - https://a.example/\n    - derp.yaml\n",
            "4: --map-url is a URL of http or https, not \"derp.yaml\""
        ),
        (
            "relay:\n  debug_allow:\n  - 10.0.0.0/3\n  - 10.0.0.0/33\n",
            "4: --debug-allow takes networks such as 192.0.2.0/24, not \"10.0.0.0/33\""
        ),
        ("relay:\n  ipv4: ::1\n", "2: --ipv4 is an IPv4 address or \"none\", not \"::1\""),
        ("relay:\n  certmode: gcp\n", "2: -certmode gcp…"),
        ("relay:\n  secrets_url: https://x\n", "2: -secrets-url concerns Tailscale's own infrastructure…"),
        (
            "relay:\n  a: :443\n  http_port: 443\n",
            "3: -http-port and -a are both port 443: choose another, or -http-port=-1 for none"
        ),
        ("derp: [a]\n", "1: derp is an object, not a list"),
        ("derp:\n  url: [x]\n", "2: derp has no key \"url\": did you mean urls?"),
        ("derp:\n  server:\n    Enabled: true\n", "3: derp.server has no key \"Enabled\": did you mean enabled?"),
        ("derp:\n  server:\n    enabled: yes\n", "3: enabled is true or false, not text"),
        ("derp:\n  update_frequency: 3\n", "2: --map-update is a time such as 15s or 1h30m, not \"3\""),
        ("derp:\n  urls:\n    - x\n", "3: --map-url is a URL of http or https, not \"x\""),
        (
            "derp:\n  server:\n    enabled: true\n",
            "2: server_url is needed, because verify_clients asks the controller there: give it, or set verify_clients to false"
        ),
        ("server_url: x\nderp:\n  server: {enabled: true}\n", "1: server_url is a URL of http or https"),
        (
            "server_url: https://h.test\nderp:\n  server:\n    enabled: true\n    region_id: 0\n",
            "5: --region-id is 1…2^53-1, not \"0\""
        ),
        (
            "server_url: https://h.test\nderp:\n  server:\n    enabled: true\n    stun_listen_addr: 3478\n",
            "5: stun_listen_addr is ip:port, such as 0.0.0.0:3478"
        ),
    ]

    @Test("each is told in one line with its file and line", arguments: cases)
    func broken(text: String, message: String) throws {
        let error = #expect(throws: UsageError.self) { try Configured(text).settings() }
        let told = error?.description ?? ""
        if message.hasSuffix("…") {
            #expect(told.hasPrefix("derp.yaml:" + message.dropLast()))
        } else {
            #expect(told == "derp.yaml:" + message)
        }
        #expect(!told.contains("\n"))
    }

    @Test("what is no text, too large, or no file is told in one line", arguments: [100, 2 << 20])
    func unreadable(byteCount: Int) throws {
        let configured = try Configured(String(repeating: "\u{7f}\u{0}", count: byteCount / 2))
        let error = #expect(throws: UsageError.self) { try configured.settings() }
        #expect(error?.description.contains("\n") == false && error?.description.contains("\u{0}") == false)
        guard case .refuse(let other) = CommandLineRequest(["--config=/"], in: .current) else {
            Issue.record("must refuse")
            return
        }
        #expect(other.description == "--config: can't read /: not a regular file")
    }
}
