import AsyncSockets
import DERPKit

/// What the command line says of the mesh.
struct MeshSettings: Hashable {
    /// Another node.
    struct Node: Hashable {
        /// `https://host:port`, or `http://…` without TLS.
        var url: String
        /// Where to connect instead.
        var dialHost: String?
    }

    /// Where the key is, if it was said.
    var keyFile: String?
    /// Where it is else, if one of these is there.
    var defaultKeyFiles: [String]
    /// The key itself, by derper's environment variable for development. Secret.
    var developmentKey: MeshKey?
    /// Whether that variable is there, but not heeded, as it is for development only.
    var ignoresVariable: Bool
    var nodes: [Node]

    /// Takes the flags of the mesh.
    ///
    /// - Throws: ``UsageError`` with the flag that is wrong.
    init(_ options: MeshOptions, isDevelopment: Bool, in environment: HostEnvironment) throws(UsageError) {
        self.keyFile = options.pskFile.flatMap { $0.isEmpty ? nil : $0 }
        // An empty -mesh-psk-file says that there is none.
        self.defaultKeyFiles = options.pskFile == nil && !isDevelopment ? environment.defaultMeshKeyFiles : []
        let variable = environment.variables[HostEnvironment.meshKeyVariable].flatMap { $0.isEmpty ? nil : $0 }
        self.ignoresVariable = !isDevelopment && variable != nil
        if isDevelopment, let text = variable {
            guard let key = MeshKey(text: text) else {
                throw UsageError("\(HostEnvironment.meshKeyVariable) is no mesh key: 64 hexadecimal digits")
            }
            self.developmentKey = key
        }
        self.nodes = []
        guard !options.nodes.isEmpty else { return }
        for text in options.nodes.parts(at: ",") {
            let node = try Self.node(String(text.trimmed))
            guard !self.nodes.contains(where: { $0.url == node.url }) else {
                throw UsageError("-mesh-with names \(UsageError.quote(String(text))) twice")
            }
            self.nodes.append(node)
        }
    }

    private static func node(_ text: String) throws(UsageError) -> Node {
        let plain = text.rest(after: "http://")
        let isPlain = plain != nil
        let rest = plain ?? text.rest(after: "https://") ?? text[...]
        let parts = rest.parts(at: "/")
        guard (1...2).contains(parts.count), let url = HTTPURL((isPlain ? "http://" : "https://") + parts[0]),
            url.target == "/", CertificateHost(url.name) != nil,
            parts.count == 1 || CertificateHost(String(parts[1])) != nil
        else {
            throw UsageError(
                "-mesh-with is a list of host[:port][/dialhost], separated by commas, not \(UsageError.quote(text))"
            )
        }
        return Node(url: url.origin, dialHost: parts.count == 2 ? String(parts[1]) : nil)
    }
}
