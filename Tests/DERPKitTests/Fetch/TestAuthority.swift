@testable import DERPKit

/// An authority, and a certificate of it for `localhost` and 127.0.0.1. Made once: that takes a while.
struct TestAuthority: Sendable {
    /// `ca.crt`, `server.crt` and `server.key`, as PEM.
    let files: [String: String]

    static let shared = Result { try Self() }

    private init() throws {
        let directory = try TemporaryDirectory()
        let file = directory.file
        try directory.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n", to: "names")
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        let authority = ["-subj", "/CN=A test's authority", "-keyout", file("ca.key"), "-out", file("ca.crt")]
        try OpenSSLTool.run(["req", "-x509", "-days", "2"] + key + authority)
        let request = ["-subj", "/CN=localhost", "-keyout", file("server.key"), "-out", file("server.csr")]
        try OpenSSLTool.run(["req", "-new"] + key + request)
        try OpenSSLTool.run(
            "x509",
            "-req",
            "-days",
            "2",
            "-in",
            file("server.csr"),
            "-CA",
            file("ca.crt"),
            "-CAkey",
            file("ca.key"),
            "-set_serial",
            "2",
            "-extfile",
            file("names"),
            "-out",
            file("server.crt")
        )
        var files = [String: String]()
        for name in ["ca.crt", "server.crt", "server.key"] {
            files[name] = try FileReader.text(at: file(name), limit: 1 << 20)
        }
        self.files = files
    }
}
