import DERPKit
import Testing

@testable import DERPServer

@Suite("Flags of the mesh")
struct MeshFlagTests {
    private static let text = String(repeating: "0123456789abcdef", count: 4)

    private func settings(_ arguments: String..., variables: [String: String] = [:]) throws -> MeshSettings {
        let variables = variables.merging(["HOME": "/root"]) { $1 }
        let environment = HostEnvironment(isRoot: true, hostname: "machine", variables: variables)
        switch CommandLineRequest(arguments, in: environment) {
        case .serve(let settings): return settings.mesh
        case .refuse(let error): throw error
        case .print, .map, .check, .checkSettings: throw UsageError("another command")
        }
    }

    @Test("there is no mesh without them, but for a key where derper has it")
    func defaults() throws {
        let settings = try self.settings()
        #expect(settings.keyFile == nil && settings.developmentKey == nil && settings.nodes.isEmpty)
        #expect(settings.defaultKeyFiles == ["/home/derp/keys/derp-mesh.key", "/root/keys/derp-mesh.key"])
        #expect(try self.settings("-mesh-psk-file=", "-mesh-with=").defaultKeyFiles.isEmpty)
    }

    @Test("derper's variable is for development: elsewhere it has no effect, and that is reported")
    func variable() throws {
        let variables = ["TAILSCALE_DERPER_MESH_KEY": Self.text]
        #expect(try self.settings("-dev", variables: variables).notices(of: nil).isEmpty)
        let notice = try #require(try self.settings(variables: variables).notices(of: nil).first).description
        #expect(notice.contains("TAILSCALE_DERPER_MESH_KEY") && !notice.contains(Self.text))
    }

    @Test("nodes are named as derper names them, with ports, and without TLS if it must be")
    func nodes() throws {
        let settings = try self.settings(
            "-mesh-psk-file=/k",
            "-mesh-with=a.example,b.example/10.0.0.2, c.example:8443/vpc.c.example,[::1]:444,http://127.0.0.1:3340,"
                + "https://d.example"
        )
        #expect(settings.keyFile == "/k")
        #expect(
            settings.nodes == [
                .init(url: "https://a.example"), .init(url: "https://b.example", dialHost: "10.0.0.2"),
                .init(url: "https://c.example:8443", dialHost: "vpc.c.example"), .init(url: "https://[::1]:444"),
                .init(url: "http://127.0.0.1:3340"), .init(url: "https://d.example"),
            ]
        )
    }

    @Test(
        "mistakes are named",
        arguments: [
            "a/b/c", "a,", ",a", "a,,b", "a/", "/b", "a:0", "a:70000", "a b", "a/b c", "ftp://a", "a?x", "u@a",
            "a:443,a",
            "a/b:443", "a\u{1b}",
        ]
    )
    func mistakes(value: String) {
        do {
            _ = try self.settings("-mesh-with", value)
            Issue.record("taken")
        } catch {
            #expect("\(error)".hasPrefix("-mesh-with"))
            #expect(!"\(error)".contains("\u{1b}"))
        }
    }

    @Test("in development the key may be in derper's environment variable")
    func environment() throws {
        let name = "TAILSCALE_DERPER_MESH_KEY"
        #expect(try self.settings(variables: [name: Self.text]).developmentKey == nil)
        let settings = try self.settings("-dev", variables: [name: Self.text])
        #expect(settings.developmentKey == MeshKey(text: Self.text))
        #expect(settings.defaultKeyFiles.isEmpty)
        do {
            _ = try self.settings("-dev", variables: [name: Self.text.dropLast() + "x"])
            Issue.record("taken")
        } catch {
            #expect("\(error)".contains(name) && !"\(error)".contains("0123456789abcdef"))
        }
    }

    @Test("nodes need a key, and a key is needed where one is named; it is never shown")
    func keyFiles() throws {
        let missing = #expect(throws: StartError.self) {
            try self.settings("-mesh-psk-file=", "-mesh-with=a").configuration(authoritiesPEM: nil)
        }
        #expect("\(try #require(missing))".contains("-mesh-psk-file"))
        for path in ["/nowhere/key", "/proc/self/status", "/dev/zero", "/"] {
            let error = #expect(throws: StartError.self) {
                try self.settings("-mesh-psk-file", path).configuration(authoritiesPEM: nil)
            }
            #expect("\(try #require(error))".hasPrefix("-mesh-psk-file: "))
            #expect(!"\(try #require(error))".contains("Pid"))
        }
    }
}
