import IPAddresses
import DERPKit
import Testing

@testable import DERPServer

@Suite("DERPServer check: command lines")
struct CheckPlanTests {
    private let environment = HostEnvironment(isRoot: false, hostname: "machine", variables: [:])

    private func plan(_ arguments: String...) throws -> CheckPlan {
        switch CommandLineRequest(["check"] + arguments, in: self.environment) {
        case .check(let plan): return plan
        case .refuse(let error): throw error
        default: throw UsageError("no check")
        }
    }

    @Test("a region is one of a map, a URL is a relay of none")
    func subjects() throws {
        guard case .region("nyc", map: "map.json") = try self.plan("nyc", "--map", "map.json").subject else {
            Issue.record("no region")
            return
        }
        guard case .all(map: "map.json") = try self.plan("--all", "--map", "map.json").subject else {
            Issue.record("not all regions")
            return
        }
        let url = try self.plan("https://relay.test:8443", "--stun-port=-1", "--cert-name", "front.test")
        guard case .relay(let target) = url.subject else {
            Issue.record("no relay")
            return
        }
        #expect(target.node.hostName == "relay.test" && target.node.derpPort == 8443)
        #expect(target.node.stunPort == -1 && target.node.certName == "front.test" && !target.isPlain)
    }

    @Test("options say how")
    func options() throws {
        let plan = try self.plan(
            "https://relay.test",
            "--ipv6",
            "--json",
            "--timeout",
            "1500ms",
            "--http-port",
            "8080",
            "--watch",
            "1m",
            "--metrics-listen",
            "127.0.0.1:9000",
            "--ca-file",
            "ca.pem"
        )
        #expect(plan.settings.families == .only(.ipv6) && plan.settings.timeout == .milliseconds(1500))
        #expect(plan.settings.plainHTTPPort == 8080 && plan.isJSON && !plan.isStrict)
        #expect(try self.plan("https://relay.test", "--strict").isStrict)
        #expect(plan.watch?.interval == .seconds(60))
        #expect(plan.watch?.metrics == ListenAddress(host: "127.0.0.1", port: 9000))
        #expect(plan.fetch.caFile == "ca.pem")
    }

    @Test(
        "what makes no sense is refused in one line that names the option",
        arguments: [
            ([], "nothing to check"), (["nyc"], "--map"), (["--all"], "--map"),
            (["nyc", "--all", "--map", "m"], "--all"),
            (["https://relay.test", "--map", "m"], "--map"), (["ftp://relay.test"], "ftp://relay.test"),
            (["https://relay.test", "--ipv4", "--ipv6"], "--ipv4"),
            (["nyc", "--map", "m", "--stun-port", "1"], "--stun-port"),
            (["https://relay.test", "--timeout", "0s"], "--timeout"),
            (["https://relay.test", "--timeout", "x"], "--timeout"),
            (["https://relay.test", "--watch", "1ms"], "--watch"),
            (["https://relay.test", "--metrics-listen", ":1"], "--metrics-listen"),
            (["https://relay.test", "--watch", "1s", "--metrics-listen", "x"], "--metrics-listen"),
            (["https://relay.test", "--http-port", "0"], "--http-port"),
            (["https://relay.test", "--nonsense"], "--nonsense"),
            (["https://relay.test", "--watch", "1s", "--strict"], "--strict"),
            (["http://relay.test", "--cert-name", "other.test"], "--cert-name"),
        ] as [([String], String)]
    )
    func refusals(arguments: [String], named: String) {
        guard case .refuse(let error) = CommandLineRequest(["check"] + arguments, in: self.environment) else {
            Issue.record("not refused")
            return
        }
        #expect(error.description.hasPrefix("check: ") && error.description.contains(named))
        #expect(!error.description.contains("\n"))
    }

    @Test("the exit status reflects errors, and warnings only on request")
    func exitStatus() {
        func outcome(_ severities: CheckFinding.Severity...) -> CheckRound.Outcome {
            let findings = severities.map { CheckFinding($0, .region, "x") }
            return .init(reports: [RegionReport(id: 1, code: "", name: "", findings: findings, nodes: [])])
        }
        #expect(outcome(.info).exitStatus(isStrict: true) == 0)
        #expect(outcome(.warning).exitStatus(isStrict: false) == 0)
        #expect(outcome(.warning).exitStatus(isStrict: true) == 2)
        #expect(outcome(.warning, .error).exitStatus(isStrict: true) == 1)
        #expect(CheckText(outcome(.warning, .error)).text.hasSuffix("\n1 error, 1 warning\n"))
    }
}
