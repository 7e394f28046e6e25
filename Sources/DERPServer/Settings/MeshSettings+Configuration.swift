import Logging
import IPAddresses
import DERPKit
import Glibc

extension MeshSettings {
    /// The mesh, with the key read; `nil` when there is none.
    ///
    /// - Parameter authoritiesPEM: Authorities to trust for the nodes, besides the system's.
    /// - Throws: ``StartError`` with the flag at fault.
    func configuration(authoritiesPEM: String?) throws(StartError) -> MeshConfiguration? {
        guard let key = try self.key() else {
            guard self.nodes.isEmpty else {
                throw StartError(
                    \.peers.meshNodes,
                    "the nodes of a mesh share a key: name its file with -mesh-psk-file"
                )
            }
            return nil
        }
        var configuration = MeshConfiguration(key: key)
        do {
            let trust = try ServerTrust.hostName(authoritiesPEM: authoritiesPEM)
            configuration.nodes = try self.nodes.map { node throws(DERPError) in
                MeshNode(try DERPClient.Server(url: node.url, trust: trust), dialHost: node.dialHost)
            }
        } catch {
            throw StartError(\.peers.meshNodes, error)
        }
        return configuration
    }

    private func key() throws(StartError) -> MeshKey? {
        guard let path = self.keyPath else { return self.developmentKey }
        do {
            return try MeshKey(contentsOfFile: path)
        } catch {
            throw StartError(\.peers.meshKeyFile, error)
        }
    }

    /// The file of the key; `nil` if there is none.
    var keyPath: String? { self.keyFile ?? self.defaultKeyFiles.first { access($0, F_OK) == 0 } }

    /// The lines to log at the start about the mesh.
    func notices(of configuration: MeshConfiguration?) -> [Notice] {
        var notices = [Notice]()
        if self.ignoresVariable {
            notices.append(
                .warning(
                    "A setting has no effect",
                    [
                        "setting": "\(HostEnvironment.meshKeyVariable)",
                        "reason": "it is for -dev only: give the key's file with -mesh-psk-file",
                    ]
                )
            )
        }
        guard let configuration else { return notices }
        let names = configuration.nodes.map(\.name).joined(separator: " ")
        notices.append(.info("Meshing with the nodes that have the key", ["nodes": "\(names)"]))
        for node in self.nodes where node.url.begins(with: "http://") {
            notices.append(
                .warning("A mesh node is reached without TLS: the key can be read on the way", ["node": "\(node.url)"])
            )
        }
        return notices
    }
}
