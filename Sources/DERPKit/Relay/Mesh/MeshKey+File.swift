extension MeshKey {
    /// Reads the key from a file that holds 64 hexadecimal digits, optional white space around them, and nothing else.
    ///
    /// - Throws: ``DERPError`` with code `keyFile` when the file can't be read or holds something else.
    public init(contentsOfFile path: String) throws(DERPError) {
        let text: String
        do {
            text = try FileReader.text(at: path, limit: 4096)
        } catch {
            throw DERPError(.keyFile, "can't read \(path): \(error)")
        }
        guard let key = MeshKey(text: text) else {
            throw DERPError(.keyFile, "\(path) doesn't hold a mesh key: 64 hexadecimal digits, not all of them 0")
        }
        self = key
    }
}
