import AsyncSockets

extension HTTPClient {
    /// The certificates in a file of at most 4 MiB, for ``init(on:authoritiesPEM:resolver:)``.
    ///
    /// - Throws: ``DERPError`` with code `certificate` when it can't be read or holds none.
    package static func readAuthorities(at path: String) throws(DERPError) -> String {
        let pem: String
        do {
            pem = try FileReader.text(at: path, limit: 4 << 20)
        } catch {
            throw DERPError(.certificate, "can't read \(path): \(error)")
        }
        do {
            _ = try TLSContext(clientVerification: .systemAnd(authoritiesPEM: pem))
        } catch {
            throw DERPError(.certificate, "\(path) holds no certificates that can be used: \(error)")
        }
        return pem
    }
}
