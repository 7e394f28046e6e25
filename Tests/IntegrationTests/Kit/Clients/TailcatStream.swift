import Foundation
import TestSupport

/// A stock client that sends a little to another one every few milliseconds.
final class TailcatStream {
    private let directory: TemporaryDirectory
    private let receiver: ChildProcess
    private let sender: ChildProcess
    private var receivedByteCount = 0
    private var lastArrival = ContinuousClock.now
    /// The longest time in which nothing came, since it was last set to zero.
    var longestGap = Duration.zero

    /// Starts both, and returns when bytes flow.
    init(_ setting: Tailcat.Setting) throws {
        let program = try Tailcat.program()
        let directory = try TemporaryDirectory()
        self.directory = directory
        for name in ["receiver-home", "sender-home"] {
            try FileManager.default.createDirectory(at: directory.file(name), withIntermediateDirectories: false)
        }
        let receiver = try ChildProcess(
            [program, "--key=new"],
            environment: setting.environment(home: directory.file("receiver-home"))
                .merging(["TAILCAT_ADDR_FILE": directory.file("address").path]) { $1 },
            directory: directory.url,
            name: "receiver"
        )
        self.receiver = receiver
        var address = ""
        try eventually("the receiver tells its address", within: .seconds(60)) {
            let text = (try? directory.contents(of: "address")) ?? ""
            address = text.trimmingCharacters(in: .whitespacesAndNewlines)
            return !address.isEmpty
        }
        self.sender = try ChildProcess(
            [program, "--key=new", address],
            environment: setting.environment(home: directory.file("sender-home")),
            input: .test,
            directory: directory.url,
            name: "sender"
        )
        try self.flow(within: .seconds(60)) { self.receivedByteCount > 100_000 }
        self.longestGap = .zero
    }

    private static let portion = String(repeating: "7", count: 2000)

    /// Sends until `condition` holds, and notes what comes.
    func flow(within limit: Duration, until condition: () throws -> Bool) throws {
        let deadline = Deadline(in: limit)
        while try !condition() {
            guard !deadline.hasPassed else { throw KitError.timedOut("sending, \(self.receivedByteCount) bytes came") }
            guard !self.receiver.hasEnded, !self.sender.hasEnded else {
                throw KitError.closed("a client ended:\n\(self.sender.errors)\n\(self.receiver.errors)")
            }
            try self.sender.write(Self.portion)
            usleep(5000)
            let attributes = try FileManager.default.attributesOfItem(atPath: self.receiver.outputLocation.path)
            let count = attributes[.size] as? Int ?? 0
            let now = ContinuousClock.now
            self.longestGap = max(self.longestGap, now - self.lastArrival)
            guard count > self.receivedByteCount else { continue }
            self.receivedByteCount = count
            self.lastArrival = now
        }
    }
}
