import Glibc
import Testing

@testable import DERPKit

@Suite("Files of node keys")
struct KeyListFileTests {
    private let directory: TemporaryDirectory
    private let path: String
    private let alice = NodePrivateKey().publicKey
    private let bob = NodePrivateKey().publicKey

    init() throws {
        self.directory = try TemporaryDirectory()
        self.path = self.directory.file("keys")
    }

    private func write(_ text: String) throws {
        try AtomicFile.write(text, to: self.path, mode: 0o600, existing: .replace)
    }

    @Test("a broken or missing file is an error that names it, and the line")
    func start() throws {
        #expect(throws: DERPError(.invalidConfiguration, "can't read \(self.path): no such file or directory")) {
            try KeyListFile(path: self.path)
        }
        try self.write("\(self.alice)\nnonsense")
        #expect(
            throws: DERPError(
                .invalidConfiguration,
                "\(self.path), line 2: not nodekey: and 64 hexadecimal digits"
            )
        ) {
            try KeyListFile(path: self.path)
        }
    }

    @Test("a change counts once two looks have seen the same")
    func change() throws {
        try self.write("\(self.alice)")
        let file = try KeyListFile(path: self.path)
        #expect(file.refresh() == .unchanged)
        try self.write("\(self.bob)")
        #expect(file.refresh() == .unchanged && file.contains(self.alice))
        try self.write("\(self.alice)\n\(self.bob)")
        #expect(file.refresh() == .unchanged && !file.contains(self.bob))
        #expect(file.refresh() == .reloaded(2) && file.contains(self.bob))
        #expect(file.refresh() == .unchanged)
    }

    @Test("what was whole stays in force when the file breaks or goes away, which is said once")
    func broken() throws {
        try self.write("\(self.alice)")
        let file = try KeyListFile(path: self.path)
        try self.write("nonsense")
        _ = file.refresh()
        #expect(file.refresh() == .failed("\(self.path), line 1: not nodekey: and 64 hexadecimal digits"))
        #expect(file.refresh() == .unchanged && file.contains(self.alice))
        unlink(self.path)
        _ = file.refresh()
        #expect(file.refresh() == .failed("can't read \(self.path): no such file or directory"))
        #expect(file.refresh() == .unchanged && file.contains(self.alice))
        try self.write("\(self.bob)")
        _ = file.refresh()
        #expect(file.refresh() == .reloaded(1) && !file.contains(self.alice))
    }

    @Test("on a signal the file is read at once, and reported in any case")
    func atOnce() throws {
        try self.write("\(self.alice)")
        let file = try KeyListFile(path: self.path)
        #expect(file.refresh(atOnce: true) == .reloaded(1))
        try self.write("\(self.alice)\n\(self.bob)")
        #expect(file.refresh(atOnce: true) == .reloaded(2))
    }

    @Test("a deny wins over an allow, and a client that is on no allow list is refused")
    func lists() throws {
        try self.write("\(self.alice)\n\(self.bob)")
        let both = try KeyListFile(path: self.path)
        try self.write("\(self.bob)")
        let onlyBob = try KeyListFile(path: self.path)
        let lists = KeyLists(allow: both, deny: onlyBob)
        #expect(lists.decision(on: self.alice) == .allow)
        #expect(lists.decision(on: self.bob).refusal == .denyList)
        #expect(lists.decision(on: NodePrivateKey().publicKey).refusal == .allowList)
        #expect(KeyLists(allow: nil, deny: onlyBob).decision(on: self.alice) == .allow)
        #expect(KeyLists(allow: onlyBob, deny: nil).decision(on: self.alice).refusal == .allowList)
    }
}
