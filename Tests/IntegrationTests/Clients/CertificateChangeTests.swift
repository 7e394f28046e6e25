import TestSupport
import Testing

@Suite("Stock client and a changing certificate", .heavy, .blocking, .serialized)
struct CertificateChangeTests {
    @Test("A transfer continues through ten changes of the certificate", .timeLimit(.minutes(3)))
    func transfer() throws {
        let directory = try TemporaryDirectory()
        // Pinned certificates would not do: a client that comes back by itself knows the first pin only.
        let authority = try GeneratedAuthority(in: directory)
        try GeneratedCertificate.write(to: directory, hostname: "127.0.0.1", serial: 100, authority: authority)
        let server = try ServerProcess(
            ServerOptions(certificate: .manual, hasHelperPort: true, directory: directory)
        )
        let setting = Tailcat.Setting(server: server, authorityFile: authority.file)
        let transfer = try TailcatTransfer(setting, byteCount: 60_000_000)
        try transfer.startSending()
        try eventually("the transfer runs", within: .seconds(60)) {
            try MetricsReading(of: server).total("derp_bytes_received_total") > 1_000_000
        }
        let client = try RawDERPClient(server)
        for serial in 101...110 {
            try GeneratedCertificate.write(to: directory, hostname: "127.0.0.1", serial: serial, authority: authority)
            server.send(signal: 1)
            try eventually("certificate \(serial) is shown") {
                let connection = try server.connect()
                let leaf = connection.tls?.peerCertificates.first
                return try leaf.map(CertificateInspection.init)?.serialNumber == serial
            }
        }
        try transfer.expectCompletion(within: .seconds(100))
        try client.expectQuiet()
    }
}
