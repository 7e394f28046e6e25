import AsyncSockets

extension HTTPClient {
    /// Reads the certificates in a file of at most 4 MiB, for ``init(on:authoritiesPEM:resolver:)``.
    ///
    /// - Throws: ``DERPError`` with code `certificate` if the file can't be read or contains none.
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
