import Foundation
import TestSupport
import Testing

@Suite("Effects of flags: where and how it listens", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct ListeningFlagTests {
    static let effects: [FlagEffect] = [
        FlagEffect("a", "204") { trial in
            let reserved = try PortReservation(.tcp)
            reserved.release()
            _ = try trial.server("a", "127.0.0.1:\(reserved.port)") {
                if trial.isGiven { $0.ports = .init(relay: reserved.port, helper: 1, stun: 1) }
            }
            return Look.plainHTTP(port: reserved.port)
        },
        FlagEffect("dev", "204") { trial in
            let options = trial.options("dev", ["true"])
            let launch = try options.launch(
                ports: .init(relay: 443, helper: 1, stun: 1),
                directory: trial.directory.url
            )
            // Its port is always the same: in a network of its own nobody else can have it.
            let script = #"""
                ip link set lo up
                "$@" &
                until grep -q Serving dev.err; do kill -0 $! || exit; sleep 0.05; done
                curl --silent --max-time 10 --write-out '%{http_code}' http://127.0.0.1:3340/generate_204
                kill $!
                """#
            let process = try ChildProcess(
                ["unshare", "--map-root-user", "--net", "sh", "-c", script, "sh"] + launch.command,
                environment: launch.variables,
                workingDirectory: trial.directory.url,
                directory: trial.directory.url,
                name: "dev"
            )
            _ = try process.waitForExit()
            return process.output
        },
        FlagEffect("c", "a key") { trial in
            _ = try trial.server("c", trial.path("its.key"))
            let text = try? trial.directory.contents(of: "its.key")
            return text?.contains("privkey:") == true ? "a key" : "nothing"
        },
        FlagEffect("certmode", "204") { trial in
            let server = try trial.server("certmode", "none") { $0.certificate = trial.isGiven ? .none : .selfSigned }
            return Look.plainHTTP(port: server.port)
        },
        FlagEffect("certdir", "a certificate") { trial in
            _ = try trial.server("certdir", trial.path("certificates")) { $0.certificate = .selfSigned }
            let certificate = trial.path("certificates/127.0.0.1.crt")
            return FileManager.default.fileExists(atPath: certificate) ? "a certificate" : "nothing"
        },
        FlagEffect("hostname", "a.relays.test") { trial in
            try Look.node(of: trial.server("hostname", "a.relays.test", "b.relays.test"), "HostName")
        },
        FlagEffect("http-port", "204") { trial in
            let port = try PortReservation(.tcp)
            port.release()
            _ = try trial.server("http-port", "\(port.port)") { $0.certificate = .selfSigned }
            return Look.plainHTTP(port: port.port)
        },
        FlagEffect("stun", "answered") { trial in
            try Look.stun(port: trial.server("stun", "true").ports.stun)
        },
        FlagEffect("stun-port", "answered") { trial in
            let port = try PortReservation(.udp)
            port.release()
            _ = try trial.server("stun-port", "\(port.port)", with: ["stun": "true"])
            return try Look.stun(port: port.port)
        },
        FlagEffect("stun-listen", "answered") { trial in
            let port = try PortReservation(.udp)
            port.release()
            _ = try trial.server("stun-listen", "127.0.0.1:\(port.port)", with: ["stun": "true"]) {
                // They exclude each other.
                if trial.isGiven { $0.settings.append(ServerSetting("stun-port", [])) }
            }
            return try Look.stun(port: port.port)
        },
        FlagEffect("derp", "404") { trial in
            let server = try trial.server("derp", "false", with: ["stun": "true"])
            return "\(try DERPHandshake.Start.upgrade.request.send(to: server).status)"
        },
        FlagEffect("home", "an empty page") { trial in
            let response = try HTTPRequest("/").send(to: trial.server("home", "blank"))
            return response.body.isEmpty ? "an empty page" : "a page"
        },
        FlagEffect("tcp-keepalive-time", "1000 s") { trial in
            let server = try trial.server("tcp-keepalive-time", "1000s")
            let client = try RawDERPClient(server)
            let time = try KernelTimers.keepAlive(ofPort: server.port)
            return try withExtendedLifetime(client) {
                try client.expectQuiet()
                return time
            }
        },
        FlagEffect("tcp-user-timeout", "given up") { trial in
            // Nobody but the kernel ends it: the relay itself would wait for ever.
            let server = try trial.server("tcp-user-timeout", "500ms", with: ["tcp-write-timeout": "0"])
            return try StuckReader(server).isGivenUp(within: trial.isGiven ? Deadline.answer : .seconds(4))
                ? "given up" : "kept"
        },
        FlagEffect("tcp-write-timeout", "sooner than by default") { trial in
            let server = try trial.server("tcp-write-timeout", "100ms")
            let start = ContinuousClock.now
            guard try StuckReader(server).isGivenUp(within: Deadline.answer) else { return "kept" }
            // Nothing was queued before the start, so by default it can't be sooner.
            return ContinuousClock.now - start < .seconds(2) ? "sooner than by default" : "late"
        },
        FlagEffect("max-queue-delay", "late packets come") { trial in
            let server = try trial.server("max-queue-delay", "60s", with: ["tcp-write-timeout": "0"])
            return try StuckReader(server).getsLatePackets(after: .milliseconds(1500))
                ? "late packets come" : "they don't"
        },
        FlagEffect("loops", "more than 12 threads") { trial in
            let server = try trial.server("loops", "12")
            let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(server.pid)/task").count
            return threads > 12 ? "more than 12 threads" : "\(threads) threads"
        },
        FlagEffect("busy-poll", "it never polls") { trial in
            let load = try LoopLoad(trial.server("busy-poll", "0"))
            let polls = try Look.comes(within: trial.isGiven ? .seconds(1) : Deadline.answer) {
                try load.ping()
                return try load.hasMoved("derp_loop_poll_seconds_total")
            }
            return polls ? "it polls" : "it never polls"
        },
        FlagEffect("gather-time", "it never pauses") { trial in
            let load = try LoopLoad(trial.server("gather-time", "0"))
            let pauses = try Look.comes(within: trial.isGiven ? .seconds(1) : Deadline.answer) {
                try load.sendSingly()
                return try load.hasMoved("derp_loop_gather_seconds_total")
            }
            return pauses ? "it pauses" : "it never pauses"
        },
    ]

    @Test("A flag has its effect in every form, and without it there is none", arguments: effects.flatMap(\.cases))
    func effect(trial: FlagEffect.Case) throws { try trial.verify() }
}
