import IPAddresses
import Testing

@_spi(Benchmarks) @testable import DERPKit

@Suite("What is said about a node")
struct NodeJudgeTests {
    private let sample = SampleEvidence()

    private func complaints(_ change: (inout SampleEvidence) -> Void) -> [String] {
        self.sample.with(change).complaints
    }

    @Test("nothing is wrong with a good one, and its numbers are reported")
    func good() {
        #expect(self.sample.complaints == [])
        let messages = self.sample.findings.map(\.message)
        #expect(
            messages == [
                "IPv4 192.0.2.1:443: TCP 30.0 ms, TLS 1.3 30.0 ms, logged in by fast start after 90.0 ms",
                "IPv6 [2001:db8::1]:443: TCP 30.0 ms, TLS 1.3 30.0 ms, logged in by fast start after 90.0 ms",
                "certificate for relay.test, by Sample CA, expires in 60 days",
                "one server key over 5 connections: \(self.sample.key)",
                "relayed 50 packets: round trip p50 20.0 ms, p99 20.0 ms, none lost",
                "/generate_204 answers the challenge over plain HTTP",
                "STUN over IPv4: this is 198.51.100.7:40000, after 30.0 ms",
                "STUN over IPv6: this is [2001:db8:7::7]:40000, after 30.0 ms",
            ]
        )
    }

    // MARK: Addresses

    @Test("families that the map or the machine lacks are no errors, unless they were asked for")
    func families() {
        var off = self.sample
        off.evidence.ipv6 = FamilyEvidence()
        #expect(off.complaints == [])
        #expect(off.findings.contains { $0.message == "IPv6 is off in the map" })

        var unreachable = self.sample
        unreachable.evidence.ipv6 = FamilyEvidence()
        unreachable.evidence.ipv6.addresses = .known([SampleEvidence.ipv6])
        unreachable.evidence.ipv6.hasRoute = false
        #expect(unreachable.complaints == [])
        unreachable.settings.families = .only(.ipv6)
        let lack = "error address: this machine has no route to IPv6 2001:db8::1, which was not checked"
        #expect(unreachable.complaints.contains(lack))

        let nameless = self.complaints {
            $0.evidence.ipv4 = FamilyEvidence()
            $0.evidence.ipv4.addresses = .none
        }
        #expect(nameless == ["warning address: relay.test has no IPv4 address"])
    }

    @Test("addresses that can't be used are errors, and a failed look-up is reported once")
    func addresses() {
        #expect(
            self.complaints { $0.evidence.ipv4 = .init(addresses: .malformed("1.2.3")) }
                == ["error address: \"1.2.3\" in the map is no IPv4 address"]
        )
        let failure = DERPError(.connection, "can't find the address of relay.test: no such host")
        let unknown = self.complaints {
            $0.evidence = NodeEvidence()
            $0.evidence.ipv4.addresses = .failed(failure)
            $0.evidence.ipv6.addresses = .failed(failure)
        }
        #expect(unknown == ["error address: can't find the address of relay.test: no such host"])
        let neither = self.complaints {
            $0.target.node.ipv4 = "none"
            $0.target.node.ipv6 = "none"
            $0.evidence = NodeEvidence()
        }
        #expect(neither == ["error address: the map says that it has neither IPv4 nor IPv6"])
        #expect(
            self.complaints {
                $0.target.node.derpPort = 70_000
                $0.target.node.stunPort = 65_536
                $0.evidence = NodeEvidence()
            } == ["error address: DERPPort 70000 is no port", "error stun: STUNPort 65536 is no port"]
        )
    }

    // MARK: Logins

    @Test("a closed DERP port is an error, which says when STUN is open")
    func closed() throws {
        var closed = self.sample
        let refused = DERPError(.connection, "connect to 192.0.2.1:443: Connection refused")
        closed.evidence.ipv4.handshake = .failure(refused)
        closed.evidence.ipv4.login = nil
        #expect(
            closed.complaints == [
                "error connection: IPv4: connect to 192.0.2.1:443: Connection refused",
                "warning connection: it can be reached over IPv6, but not over IPv4",
            ]
        )
        let hint = try #require(closed.findings.first { $0.severity == .error }?.hint)
        #expect(hint.hasSuffix("STUN answers there, so the host is up: look at TCP port 443."))
        closed.evidence.ipv4.stun = nil
        #expect(closed.findings.first { $0.severity == .error }?.hint?.contains("STUN") == false)
    }

    @Test("a port that takes connections and says nothing is distinguished from one that can't be reached")
    func silent() throws {
        for (code, hint) in [(DERPError.Code.tlsTimeout, "accepts connections there"), (.timeout, "A firewall")] {
            var silent = self.sample
            silent.evidence.ipv4.handshake = .failure(DERPError(code, "took too long"))
            silent.evidence.ipv4.login = nil
            #expect(silent.findings.first { $0.severity == .error }?.hint?.contains(hint) == true)
        }
    }

    @Test("being refused is a warning that says why, and relaying is not expected then")
    func refused() {
        let refusal = DERPError(.refused, "the server says: not you")
        let complaints = self.complaints {
            $0.evidence.ipv4.login = .failure(refusal)
            $0.evidence.ipv6 = FamilyEvidence()
            $0.evidence.upgrade = nil
            $0.evidence.repeats = []
            $0.evidence.metaKeys = .init(repeating: $0.key, count: 5)
            $0.evidence.relaying = nil
        }
        #expect(
            complaints == [
                "warning admission: refused by admission over IPv4: the server says: not you"
            ]
        )
    }

    @Test(
        "a login that fails otherwise is an error",
        arguments: [
            (.timeout, "the peer took too long", "doesn't finish the login"),
            (.handshake, "the server answers with HTTP status 404", "HTTP status 404"),
            (.connection, "the server closed the connection during the handshake", "closed the connection"),
        ] as [(DERPError.Code, String, String)]
    )
    func failedLogin(code: DERPError.Code, message: String, said: String) {
        let complaints = self.complaints { $0.evidence.ipv4.login = .failure(DERPError(code, message)) }
        #expect(complaints.count == 1)
        #expect(complaints.first?.hasPrefix("error login: ") == true && complaints.first?.contains(said) == true)
    }

    @Test("a meta certificate that names another key is distinguished from other failures")
    func otherMetaKey() {
        let complaints = self.complaints {
            let error = DERPError(.wrongServerKey, "the server has another key than the one expected")
            $0.evidence.ipv4.login = .failure(error)
        }
        #expect(complaints.first?.hasPrefix("error serverKey: IPv4: the server has another key") == true)
    }

    @Test("several keys are a load balancer, also where logins are refused")
    func loadBalancer() {
        let other = NodePrivateKey().publicKey
        let expected = ["error serverKey: 2 server keys over 5 connections: is there a load balancer in between?"]
        #expect(self.complaints { $0.evidence.repeats[3] = .success($0.login(key: other)) } == expected)
        let refused = self.complaints {
            $0.evidence.ipv4.login = .failure(DERPError(.refused, "no"))
            $0.evidence.ipv6 = FamilyEvidence()
            ($0.evidence.upgrade, $0.evidence.relaying, $0.evidence.repeats) = (nil, nil, [])
            $0.evidence.metaKeys = [$0.key, other, $0.key, other, $0.key]
        }
        #expect(refused.contains(expected[0]))
        let failing = self.complaints { $0.evidence.repeats[1] = .failure(DERPError(.connection, "reset")) }
        #expect(failing == ["error login: 1 of 5 further connections failed: reset"])
    }

    @Test("old TLS, a missing upgrade and a small token bucket are noticed")
    func login() {
        let old = self.complaints {
            $0.evidence.ipv4.handshake = .success($0.handshake(isTLS13: false, metaKey: .some(nil)))
        }
        #expect(old == ["warning connection: it speaks no TLS 1.3"])
        let upgrade = self.complaints { $0.evidence.upgrade = .failure(DERPError(.handshake, "HTTP status 502")) }
        #expect(upgrade == ["error login: logging in by HTTP upgrade fails: HTTP status 502"])
        var info = ServerInfo()
        info.tokenBucketBytesPerSecond = 1000
        info.tokenBucketBytesBurst = 65_572
        let bucket = self.complaints { $0.evidence.ipv4.login = .success($0.login(info: info)) }
        #expect(bucket == ["error relaying: it allows bursts of 65572 bytes: clients drop larger packets"])
        info.tokenBucketBytesBurst = 65_573
        #expect(self.complaints { $0.evidence.ipv4.login = .success($0.login(info: info)) } == [])
    }

    // MARK: Relaying

    @Test("lost, changed and missing packets are distinguished")
    func relaying() {
        func complaints(_ change: (inout RelayingEvidence) -> Void) -> [String] {
            self.complaints { sample in
                guard var relaying = try? sample.evidence.relaying?.get() else { return }
                change(&relaying)
                sample.evidence.relaying = .success(relaying)
            }
        }
        #expect(complaints { $0.roundTrips.removeLast(3) } == ["warning relaying: 3 of 50 packets were lost"])
        #expect(
            complaints { $0.roundTrips = [] }
                == ["error relaying: none of 50 packets came back from another client of the relay"]
        )
        #expect(complaints { $0.corrupted = 2 } == ["error relaying: 2 packets came back changed"])
        #expect(complaints { $0.health = "overloaded" } == ["warning relaying: the relay says: overloaded"])
        #expect(
            complaints { $0.largestCameBack = false }
                == ["warning relaying: a packet of 64 KiB, the largest that there is, did not come back"]
        )
        #expect(
            self.complaints { $0.evidence.relaying = .failure(DERPError(.timeout, "late")) }
                == ["error relaying: two clients could not be connected at a time: late"]
        )
    }

    // MARK: The rest

    @Test("captive portal checks are wanted where the map says so, and must be the relay's own")
    func captivePortal() {
        let silent = self.complaints { $0.evidence.captivePortal = .failure(DERPError(.timeout, "late")) }
        #expect(silent == ["warning captivePortal: the captive portal check fails: late"])
        let portal = self.complaints {
            $0.evidence.captivePortal = .success(CaptivePortalEvidence(status: 302, answersChallenge: false))
        }
        #expect(portal.first?.contains("status 302") == true)
        let other = self.complaints {
            $0.evidence.captivePortal = .success(CaptivePortalEvidence(status: 204, answersChallenge: false))
        }
        #expect(other == ["warning captivePortal: /generate_204 doesn't answer the challenge"])
        let unwanted = self.complaints {
            $0.target.node.canPort80 = false
            $0.evidence.captivePortal = nil
        }
        #expect(unwanted == [])
    }

    @Test("of a STUNOnly node nothing else is expected")
    func stunOnly() {
        var sample = self.sample
        sample.target.node.stunOnly = true
        sample.evidence = NodeEvidence()
        sample.evidence.ipv4.addresses = .known([SampleEvidence.ipv4])
        sample.evidence.ipv4.stun = .success(SampleEvidence.mapping("198.51.100.7"))
        #expect(sample.complaints == [])
        sample.target.node.stunPort = -1
        #expect(sample.complaints == ["error stun: STUNOnly, but STUN is off in the map (STUNPort -1)"])
    }

    @Test("what strangers say moves no cursor")
    func printable() {
        let sample = self.sample.with {
            $0.target.node.hostName = "a\u{1b}[2J\u{9b}b"
            $0.evidence.ipv4.login = .failure(DERPError(.refused, "x\u{7}y\n"))
        }
        for finding in sample.findings {
            let text = finding.message + (finding.hint ?? "")
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) })
        }
    }
}
