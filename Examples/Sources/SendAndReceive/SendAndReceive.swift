import DERPKit

/// Sends packets to itself by way of a relay, and prints what comes back.
///
///     swift run SendAndReceive https://derp.example.com
///
/// The relay needs a certificate that this machine trusts, or serves plain HTTP (`http://127.0.0.1:3340`).
@main
struct SendAndReceive {
    static func main() async throws {
        guard let url = CommandLine.arguments.dropFirst().first else {
            print("usage: SendAndReceive URL")
            return
        }
        let client = try await DERPClient.connect(to: .init(url: url))
        print("connected to \(client.serverAddress) as \(client.publicKey)")

        for number in 1...3 {
            try await client.send(Array("packet \(number)".utf8), to: client.publicKey)
        }
        var missing = 3
        // Ends once this client has closed the connection; throws when the connection is lost.
        for try await message in client.messages {
            guard case .packet(let source, let bytes) = message else { continue }
            print("from \(source): \(String(decoding: bytes, as: UTF8.self))")
            missing -= 1
            if missing == 0 { await client.close() }
        }
    }
}
