import DERPKit

/// Connects to a relay whose certificate is self-signed, such as MinimalRelay, which prints its pin:
///
///     swift run PinnedClient https://127.0.0.1:3443 sha256-raw:…
@main
struct PinnedClient {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let url = arguments.first, let pin = arguments.dropFirst().first else {
            print("usage: PinnedClient URL PIN")
            return
        }
        do {
            let server = try DERPClient.Server(url: url, trust: .pinned(pin))
            let client = try await DERPClient.connect(to: server)
            print("connected to \(client.serverAddress)")
            await client.close()
        } catch {
            // `error` is a DERPError. Its code is `tls` if the relay has another certificate, and
            // `invalidConfiguration` if the pin isn't one.
            print("\(error.code): \(error)")
        }
    }
}
