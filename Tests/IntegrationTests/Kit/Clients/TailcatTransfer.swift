import Foundation
import Testing
import TestSupport

/// A file on its way from one stock client to another.
final class TailcatTransfer {
    private let setting: Tailcat.Setting
    private let byteCount: Int
    private let program: String
    private let directory: TemporaryDirectory
    private let content: URL
    private let receiver: ChildProcess
    private var sender: ChildProcess?
    private var senderKey = "new"

    /// Starts a receiver for `byteCount` random bytes.
    init(_ setting: Tailcat.Setting, byteCount: Int) throws {
        self.setting = setting
        self.byteCount = byteCount
        self.program = try Tailcat.program()
        self.directory = try TemporaryDirectory()
        self.content = self.directory.file("content")
        try Self.makeFile(self.content, byteCount: byteCount)
        for name in ["receiver-home", "sender-home"] {
            try FileManager.default.createDirectory(at: self.directory.file(name), withIntermediateDirectories: false)
        }
        self.receiver = try ChildProcess(
            [self.program, "--key=new"],
            environment: setting.environment(home: self.directory.file("receiver-home"))
                .merging(["TAILCAT_ADDR_FILE": self.directory.file("address").path]) { $1 },
            directory: self.directory.url,
            name: "receiver"
        )
    }

    /// Has all senders be one client, and returns its node key as text.
    func saveSenderKey() throws -> String {
        let tool = try ChildProcess(
            [self.program, "genkey", "--client", "--key=\(Self.savedKey)"],
            environment: self.setting.environment(home: self.directory.file("sender-home")),
            directory: self.directory.url,
            name: "genkey"
        )
        let status = try tool.waitForExit()
        let words = (tool.output + tool.errors).split(whereSeparator: \.isWhitespace)
        guard status == .code(0), let key = words.first(where: { $0.hasPrefix("nodekey:") }) else {
            throw KitError.unexpected("genkey: \(status) \(tool.output)\(tool.errors)")
        }
        self.senderKey = Self.savedKey
        return String(key)
    }

    private static let savedKey = "client-default"

    /// Starts the sender, once the receiver has told its address. May be done again when one has given up.
    func startSending() throws {
        var address = ""
        try eventually("the receiver tells its address", within: .seconds(60)) {
            guard self.isRunning else { throw KitError.closed("the receiver ended:\n\(self.receiver.errors)") }
            let text = (try? self.directory.contents(of: "address")) ?? ""
            address = text.trimmingCharacters(in: .whitespacesAndNewlines)
            return !address.isEmpty
        }
        self.sender = try ChildProcess(
            [self.program, "--key=\(self.senderKey)", address],
            environment: self.setting.environment(home: self.directory.file("sender-home")),
            input: .file(self.content),
            directory: self.directory.url,
            name: "sender"
        )
    }

    var isRunning: Bool { !self.receiver.hasEnded }

    /// Whether something has come.
    var hasBegun: Bool { ((try? self.receivedByteCount) ?? 0) > 0 }

    /// Whether the sender has given up, which it does when it can't reach the receiver for 10 s, or is done.
    var hasSenderEnded: Bool { self.sender?.hasEnded == true }

    /// Waits until both clients have ended, and compares what was received with what was sent.
    ///
    /// - Parameter first: how many bytes have been received when the time begins that is returned.
    @discardableResult
    func expectCompletion(
        within limit: Duration,
        countedFrom first: Int = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Duration {
        let deadline = Deadline(in: limit * Sanitizer.slowness)
        let sender = try #require(self.sender, "startSending() comes first")
        try eventually("\(first) bytes come", within: limit) { try self.receivedByteCount >= first }
        let start = ContinuousClock.now
        try eventually("all has come", within: limit) {
            try self.receivedByteCount >= self.byteCount || self.receiver.hasEnded || sender.hasEnded
        }
        let time = ContinuousClock.now - start
        for (name, client) in [("sender", sender), ("receiver", self.receiver)] {
            let left = Duration.milliseconds(Int(deadline.milliseconds))
            do {
                let status = try client.waitForExit(within: left)
                #expect(status == .code(0), "the \(name) says:\n\(client.errors)", sourceLocation: sourceLocation)
            } catch {
                throw KitError.timedOut("the \(name) is not done:\n\(client.errors.suffix(4000))")
            }
        }
        let received = try SHA256Digest.of(file: self.receiver.outputLocation)
        let sent = try SHA256Digest.of(file: self.content)
        #expect(received == sent, "what came is not what was sent", sourceLocation: sourceLocation)
        return time
    }

    private var receivedByteCount: Int {
        get throws {
            let attributes = try FileManager.default.attributesOfItem(atPath: self.receiver.outputLocation.path)
            return attributes[.size] as? Int ?? 0
        }
    }

    private static func makeFile(_ file: URL, byteCount: Int) throws {
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        var left = byteCount
        while left > 0 {
            let chunk = TestKey.random(min(left, 1 << 20))
            try handle.write(contentsOf: Data(chunk))
            left -= chunk.count
        }
    }
}
