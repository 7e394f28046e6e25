import AsyncSockets
import DERPKit
import TestSupport
import Testing

@testable import DERPServer

@Suite("This server's own region")
struct OwnRegionTests {
    private func region(_ arguments: String..., certificate: Certificate? = nil) throws -> DERPRegion {
        let environment = HostEnvironment(isRoot: true, hostname: "machine", variables: ["HOME": "/root"])
        guard case .serve(let settings) = CommandLineRequest(arguments, in: environment) else {
            throw UsageError("must serve")
        }
        var region = settings.ownRegion
        region.setPin(certificate?.mapPin)
        return region
    }

    @Test("the usual ports are left out")
    func usualPorts() throws {
        let region = try self.region("-hostname=derp.example.com")
        #expect(
            region
                == DERPRegion(
                    regionID: 900,
                    regionCode: "derp",
                    regionName: "DERP relay",
                    nodes: [DERPNode(name: "900a", regionID: 900, hostName: "derp.example.com", canPort80: true)]
                )
        )
    }

    @Test("other ports are published, and a self-signed certificate's pin")
    func otherPorts() throws {
        let certificate = try Certificate.selfSigned(for: "127.0.0.1")
        let region = try self.region(
            "-a=127.0.0.1:3443",
            "-http-port=3480",
            "-stun-port=3479",
            "--region-id=901",
            certificate: certificate
        )
        let node = DERPNode(
            name: "901a",
            regionID: 901,
            hostName: "127.0.0.1",
            certName: certificate.pin,
            ipv4: "127.0.0.1",
            stunPort: 3479,
            derpPort: 3443
        )
        #expect(region.nodes == [node])
    }

    @Test("the port of --stun-listen is published, wherever STUN listens")
    func stunListen() throws {
        func port(_ arguments: String...) throws -> Int? {
            let environment = HostEnvironment(isRoot: true, hostname: "machine", variables: ["HOME": "/root"])
            guard case .serve(let settings) = CommandLineRequest(arguments, in: environment) else { return nil }
            return settings.ownRegion.nodes.first?.stunPort
        }
        #expect(try port("--stun-listen=[2001:db8::1]:3479") == 3479)
        #expect(try port("--stun-listen=192.0.2.1:3478", "-a=127.0.0.1:8081") == 0)
    }

    @Test("STUN that is off, and a relay that is off, are published as such")
    func off() throws {
        let node = try #require(
            try self.region("-hostname=::1", "-stun=false", "-derp=false", "-http-port=-1").nodes.first
        )
        #expect(node.stunPort == -1 && node.stunOnly && !node.canPort80)
        #expect(node.ipv6 == "::1" && node.ipv4 == "")
    }

    @Test("an interface's address is not taken for the one that clients reach, unless it is loopback's")
    func addresses() throws {
        let behindNAT = try self.region("-a=10.0.0.5:443", "-hostname=derp.example.com").nodes.first
        #expect(behindNAT?.ipv4 == "")
        let local = try self.region("-a=127.0.0.1:443", "-hostname=derp.test").nodes.first
        #expect(local?.ipv4 == "127.0.0.1")
        // Behind a proxy: clients connect to it, and STUN may have an address of its own.
        for flag in ["--region-port=443", "--stun-listen=0.0.0.0:3478"] {
            let behindProxy = try self.region("-a=127.0.0.1:8081", "-hostname=derp.example.com", flag).nodes.first
            #expect(behindProxy?.ipv4 == "" && behindProxy?.hostName == "derp.example.com", "\(flag)")
        }
        let told = try self.region("-a=127.0.0.1:443", "-hostname=derp.test", "--ipv4=192.0.2.1", "--ipv6=none").nodes
            .first
        #expect(told?.ipv4 == "192.0.2.1" && told?.ipv6 == "none")
    }

    // On threads of its own: other tests leave none for longer than the resolver may take.
    @Test("a name is resolved to one address, IPv4 first; without a host it is every address", .blocking)
    func resolving() async throws {
        // Not the one that other tests keep busy.
        let resolver = HostResolver()
        #expect(try await ListenAddress("localhost:1")?.resolve(by: resolver).description == "127.0.0.1:1")
        #expect(try await ListenAddress("[::1]:2")?.resolve(by: resolver).description == "[::1]:2")
        for every in [":https", "0.0.0.0:443", "[::]:443"] {
            #expect(try await ListenAddress(every)?.resolve(by: resolver).description == "[::]:443")
        }
        await #expect {
            _ = try await ListenAddress("nowhere.invalid:1")?.resolve(by: resolver)
        } throws: { error in
            let error = error as? DERPError
            // `timeout` where DNS doesn't answer.
            return [.connection, .timeout].contains(error?.code) && error?.message.contains("nowhere.invalid") == true
        }
    }
}
