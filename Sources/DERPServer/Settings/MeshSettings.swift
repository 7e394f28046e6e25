import IPAddresses
import DERPKit

/// The settings about the mesh.
struct MeshSettings: Hashable {
    /// Another node.
    struct Node: Hashable {
        /// `https://host:port`, or `http://…` without TLS.
        var url: String
        /// Where to connect instead.
        var dialHost: String?
    }

    /// The key's file, if it was given.
    var keyFile: String?
    /// Otherwise the first of these files that exists is the key's.
    var defaultKeyFiles: [String]
    /// The key itself, from derper's environment variable for development. Secret.
    var developmentKey: MeshKey?
    /// Whether that variable is set, but ignored outside development.
    var ignoresVariable: Bool
    var nodes: [Node]

    /// Takes the flags of the mesh.
    ///
    /// - Throws: ``UsageError`` with the flag that is wrong.
    init(
        _ given: GivenFlags<PeerFlags>,
        isDevelopment: Bool,
        in environment: HostEnvironment
    ) throws(UsageError) {
        let keyFile = try given.meshKeyFile
        self.keyFile = keyFile?.isEmpty == true ? nil : keyFile
        // An empty -mesh-psk-file means that there is no key.
        self.defaultKeyFiles = keyFile == nil && !isDevelopment ? environment.defaultMeshKeyFiles : []
        let variable = environment.variables[HostEnvironment.meshKeyVariable].flatMap { $0.isEmpty ? nil : $0 }
        self.ignoresVariable = !isDevelopment && variable != nil
        if isDevelopment, let text = variable {
            guard let key = MeshKey(text: text) else {
                throw UsageError("\(HostEnvironment.meshKeyVariable) is no mesh key: 64 hexadecimal digits")
            }
            self.developmentKey = key
        }
        self.nodes = []
        let nodes = try given.meshNodes
        guard !nodes.isEmpty else { return }
        for text in nodes.parts(at: ",") {
            guard let node = Node(String(text.trimmed)) else {
                let form = "is a list of host[:port][/dialhost], separated by commas"
                throw given.error(\.meshNodes, "\(form), not \(UsageError.quote(String(text.trimmed)))")
            }
            guard !self.nodes.contains(where: { $0.url == node.url }) else {
                throw given.error(\.meshNodes, "names \(UsageError.quote(String(text))) twice")
            }
            self.nodes.append(node)
        }
    }
}

extension MeshSettings.Node {
    /// Reads `host[:port][/dialhost]`, or `http://…` without TLS; `nil` for anything else.
    fileprivate init?(_ text: String) {
        let plain = text.rest(after: "http://")
        let rest = plain ?? text.rest(after: "https://") ?? text[...]
        let parts = rest.parts(at: "/")
        guard (1...2).contains(parts.count), let url = HTTPURL((plain == nil ? "https://" : "http://") + parts[0]),
            url.target == "/", CertificateHost(url.name) != nil,
            parts.count == 1 || CertificateHost(String(parts[1])) != nil
        else { return nil }
        self.init(url: url.origin, dialHost: parts.count == 2 ? String(parts[1]) : nil)
    }
}
