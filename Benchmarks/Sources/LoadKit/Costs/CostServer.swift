/// The servers under measurement, each with one event loop.
enum CostServer: String, CaseIterable {
    /// Plain HTTP. Every client may log in.
    case open = "plain"
    /// Plain HTTP, with an empty list of clients, a map of 30 regions, and 127.0.0.9 as a proxy that sends headers.
    case closed = "plain, closed"
    case p256 = "P-256"
    case rsa2048 = "RSA 2048"
    case rsa3072 = "RSA 3072"
    case rsa4096 = "RSA 4096"

    var isRSA: Bool { [.rsa2048, .rsa3072, .rsa4096].contains(self) }

    static let proxy: UInt32 = 0x7f00_0009

    /// Returns how to start the server.
    ///
    /// - Parameter program: The path of the server.
    func recipe(_ program: String) throws -> ServerRecipe {
        let common =
            "exec '\(program)' -a 127.0.0.1:{port} -stun-port {stun-port} -http-port -1 -hostname 127.0.0.1"
            + " -c {dir}/key --loops 1"
        let command =
            switch self {
            case .open: "\(common) -certmode none"
            case .closed:
                "printf '%s' '\(Self.map)' > {dir}/map.json; echo 'nodekey:\(String(repeating: "11", count: 32))'"
                    + " > {dir}/allow; \(common) -certmode none --allow-file {dir}/allow --max-refused 0"
                    + " --map-path {dir}/map.json --proxy-protocol --trusted-proxies 127.0.0.9"
                    + " -bootstrap-dns-names localhost"
            case .p256: "\(common) -certmode self-signed -certdir {dir}"
            case .rsa2048, .rsa3072, .rsa4096:
                "openssl req -x509 -newkey \(self.rawValue.lowercased().replacing(" ", with: ":")) -nodes -days 30"
                    + " -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout {dir}/127.0.0.1.key"
                    + " -out {dir}/127.0.0.1.crt 2>/dev/null && \(common) -certmode manual -certdir {dir}"
            }
        return try ServerRecipe("\(self.rawValue)=\(command)")
    }

    private static var map: String {
        let regions = (1...30).map { id in
            let nodes = ["a", "b", "c"].map { name in
                #"{"Name":"\#(id)\#(name)","RegionID":\#(id),"HostName":"derp\#(id)\#(name).example.com","#
                    + #""IPv4":"192.0.2.\#(id)","IPv6":"2001:db8::\#(id)","CanPort80":true}"#
            }
            return #""\#(id)":{"RegionID":\#(id),"RegionCode":"r\#(id)","RegionName":"Region \#(id)","#
                + #""Nodes":[\#(nodes.joined(separator: ","))]}"#
        }
        return #"{"Regions":{\#(regions.joined(separator: ","))}}"#
    }
}
