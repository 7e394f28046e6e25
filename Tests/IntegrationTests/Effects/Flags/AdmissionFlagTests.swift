import Foundation
import TestSupport
import Testing

@Suite("Effects of flags: admission", .light, .blocking, .serialized, .timeLimit(.minutes(1)))
struct AdmissionFlagTests {
    static let effects: [FlagEffect] = [
        FlagEffect("verify-clients", "one of two") { trial in
            let tailscaled = trial.keep(try ImitatedTailscaled(trial.directory))
            let known = TestKey()
            try tailscaled.know(known)
            let server = try trial.server("verify-clients", "true", with: ["socket": tailscaled.socketPath])
            return try Self.admitted([known, TestKey()], by: server)
        },
        FlagEffect("socket", "one of two") { trial in
            let tailscaled = trial.keep(try ImitatedTailscaled(trial.directory))
            let known = TestKey()
            try tailscaled.know(known)
            let server = try trial.server("socket", tailscaled.socketPath, with: ["verify-clients": "true"])
            return try Self.admitted([known, TestKey()], by: server)
        },
        FlagEffect("verify-client-url", "one of three") { trial in
            let (first, second) = (TestKey(), TestKey())
            let urls = try [first, second].map { try Self.controller(denying: $0, trial) }
            let server = try trial.server("verify-client-url", urls[0], urls[1])
            return try Self.admitted([first, second, TestKey()], by: server)
        },
        FlagEffect("verify-client-url-fail-open", "one of one") { trial in
            let nobody = try PortReservation(.tcp)
            nobody.release()
            let server = try trial.server(
                "verify-client-url-fail-open",
                "true",
                with: ["verify-client-url": "http://127.0.0.1:\(nobody.port)/verify"]
            )
            return try Self.admitted([TestKey()], by: server)
        },
        FlagEffect("verify-cache-allow", "admitted, then not") { trial in
            let tailscaled = trial.keep(try ImitatedTailscaled(trial.directory))
            let key = TestKey()
            try tailscaled.know(key)
            let server = try trial.server(
                "verify-cache-allow",
                "0",
                with: ["verify-clients": "true", "socket": tailscaled.socketPath]
            )
            let early = try Look.admits(server, key)
            try tailscaled.know()
            let late = try Look.admits(server, key)
            return early && !late ? "admitted, then not" : "\(early), \(late)"
        },
        FlagEffect("verify-cache-deny", "not admitted, then admitted") { trial in
            let tailscaled = trial.keep(try ImitatedTailscaled(trial.directory))
            let key = TestKey()
            // By default no is remembered for 5 s: on a busy machine that may have passed.
            let server = try trial.server(
                "verify-cache-deny",
                "0",
                with: ["verify-clients": "true", "socket": tailscaled.socketPath]
            )
            let early = try Look.admits(server, key)
            try tailscaled.know(key)
            let late = try Look.admits(server, key)
            return !early && late ? "not admitted, then admitted" : "\(early), \(late)"
        },
        FlagEffect("allow-file", "one of two") { trial in
            let known = TestKey()
            let server = try trial.server("allow-file", trial.file("allow", known.text))
            return try Self.admitted([known, TestKey()], by: server)
        },
        FlagEffect("deny-file", "one of two") { trial in
            let known = TestKey()
            let server = try trial.server("deny-file", trial.file("deny", known.text))
            return try Self.admitted([known, TestKey()], by: server)
        },
        FlagEffect("reverify-interval", "sent away") { trial in
            let tailscaled = trial.keep(try ImitatedTailscaled(trial.directory))
            let key = TestKey()
            try tailscaled.know(key)
            let server = try trial.server(
                "reverify-interval",
                "1s",
                with: ["verify-clients": "true", "socket": tailscaled.socketPath, "verify-cache-allow": "0"]
            )
            let client = try RawDERPClient(server, key: key)
            try tailscaled.know()
            let isTold = (try? client.next(within: trial.isGiven ? Deadline.answer : .seconds(3)))?.type == .health
            return isTold ? "sent away" : "kept"
        },
    ]

    /// The URL of a controller that knows all but one.
    private static func controller(denying key: TestKey, _ trial: FlagTrial) throws -> String {
        let directory = trial.keep(try TemporaryDirectory())
        try directory.write(key.text, to: "deny")
        let controller = try ServerProcess(.plain.with { $0.flags = ["--deny-file", directory.file("deny").path] })
        return "http://127.0.0.1:\(trial.keep(controller).port)/verify"
    }

    private static func admitted(_ keys: [TestKey], by server: ServerProcess) throws -> String {
        let names = ["none", "one", "two", "three"]
        return "\(names[try keys.count { try Look.admits(server, $0) }]) of \(names[keys.count])"
    }

    @Test("A flag has its effect in every form, and without it there is none", arguments: effects.flatMap(\.cases))
    func effect(trial: FlagEffect.Case) throws { try trial.verify() }
}
