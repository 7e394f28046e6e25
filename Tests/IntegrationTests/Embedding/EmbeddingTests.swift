import Foundation
import TestSupport
import Testing

@Suite("Embedding in another package", .heavy, .blocking, .serialized)
struct EmbeddingTests {
    @Test("Another package that imports DERPKit runs the relay that README shows", .timeLimit(.minutes(15)))
    func readme() throws {
        let shown = try EmbeddingPackage.readmeProgram()
        let lines = shown.split(separator: "\n")
        #expect(lines.count <= 15, "README shows a short program")
        let reservation = try PortReservation(.tcp)
        let port = reservation.port
        #expect(shown.contains("port: 3443"))
        let package = try EmbeddingPackage(program: shown.replacingOccurrences(of: "port: 3443", with: "port: \(port)"))
        let directory = try TemporaryDirectory()
        let program = try package.build(within: .seconds(800), log: directory)

        reservation.release()
        // It makes its key file where it runs.
        let arguments = ["env", "-C", directory.url.path, program.path]
        let process = try ChildProcess(arguments, directory: directory.url, name: "embedding")
        try eventually("the embedded relay answers") {
            guard !process.hasEnded else { throw KitError.closed("it ended:\n\(process.errors)") }
            return (try? Connection(port: port, security: .tls13)) != nil
        }
        let sender = try RawDERPClient(over: Connection(port: port, security: .tls13), start: .fast)
        let receiver = try RawDERPClient(over: Connection(port: port, security: .tls12))
        try sender.send([1, 2, 3], to: receiver.key)
        try receiver.expect(.received([1, 2, 3], from: sender.key))

        // The library handles no signal: this one has its default effect.
        process.send(signal: SIGTERM)
        #expect(try process.waitForExit() == .signal(SIGTERM))
    }
}
