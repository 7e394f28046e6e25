import DERPKit
import Testing

@testable import DERPServer

@Suite("Why a start fails")
struct StartErrorTests {
    @Test(
        "an address that can't be listened on is reported with its flag",
        arguments: [
            (DERPError.Setting.addresses, "-a"), (.plainHTTPAddresses, "-http-port"), (.stunAddresses, "-stun-port"),
        ]
    )
    func flags(setting: DERPError.Setting, flag: String) throws {
        let environment = HostEnvironment(isRoot: true, hostname: "machine", variables: ["HOME": "/root"])
        guard case .serve(let settings) = CommandLineRequest([], in: environment) else { throw UsageError("refused") }
        for code in [DERPError.Code.listen, .addressInUse] {
            let error = DERPError(code, "listen on [::]:80", setting: setting)
            #expect(StartError(listening: error, with: settings).description == "\(flag): listen on [::]:80")
        }
    }

    @Test("the line or the variable that gave the flag the value at fault is reported")
    func origins() throws {
        let file = try Configured("relay:\n  map_path:\n    - /a\n    - /b\n  stun_port: 5\n")
        let layers = try file.settings(variables: ["DERP_HTTP_PORT": "81"]).sources.layers
        func place(_ error: StartError) -> String {
            layers.describe(error).replacing(file.path, with: "derp.yaml")
        }
        #expect(place(StartError(Flag[\.map.paths], value: "/b", "no")) == "derp.yaml:4: --map-path: no")
        #expect(place(StartError(Flag[\.map.paths], value: "/c", "no")) == "derp.yaml:3: --map-path: no")
        #expect(place(StartError(\.listening.stunPort, "no")) == "derp.yaml:5: -stun-port: no")
        #expect(place(StartError(\.listening.httpPort, "no")) == "DERP_HTTP_PORT: -http-port: no")
        #expect(place(StartError(\.listening.address, "no")) == "-a: no")
        #expect(layers.describe(DERPError(.listen, "--map-path")) == "--map-path")
    }
}
