import DERPKit

/// Answers every packet with the same packet, and connects again whenever the connection is lost.
///
///     swift run Reconnect https://derp.example.com
@main
struct Reconnect {
    static func main() async throws {
        guard let url = CommandLine.arguments.dropFirst().first else {
            print("usage: Reconnect URL")
            return
        }
        let client = ReconnectingDERPClient(to: try .init(url: url))
        print("this is \(client.publicKey)")
        await client.notePreferred(true)

        for try await event in client.events {
            switch event {
            case .connected(let connection):
                print("connected to \(connection.serverAddress)")
            case .disconnected(let reason, let delay):
                print("\(reason); next try in \(delay)")
            case .message(.packet(let source, let bytes)):
                do {
                    try await client.send(bytes, to: source)
                } catch {
                    print("not answered: \(error)")
                }
            case .message(.health(let problem)) where !problem.isEmpty:
                print("the relay says: \(problem)")
            case .message:
                break
            }
        }
    }
}
