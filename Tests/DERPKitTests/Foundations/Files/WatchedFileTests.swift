import Synchronization
import Testing

@testable import DERPKit

@Suite("Watched files")
struct WatchedFileTests {
    /// What reading gives, one after the other.
    private final class Script: Sendable {
        let results: Mutex<[Result<Int, DERPError>]>
        let stamp = Mutex(0)

        init(_ results: [Result<Int, DERPError>]) { self.results = Mutex(results) }

        func read() throws(DERPError) -> Int { try self.results.withLock { $0.removeFirst() }.get() }
    }

    private static func watch(_ script: Script) throws -> WatchedFile<Int, Int> {
        try WatchedFile(
            stamp: { script.stamp.withLock { $0 } },
            read: { () throws(DERPError) in try script.read() }
        )
    }

    @Test("a file that couldn't be read for want of descriptors is read again, although it hasn't changed")
    func shortage() throws {
        let shortage = DERPError(.exhausted, "can't read the file: too many open files")
        let script = Script([.success(1), .failure(shortage), .failure(shortage), .success(2)])
        let file = try Self.watch(script)
        script.stamp.withLock { $0 = 1 }
        #expect(file.refresh() == .unchanged)
        #expect(file.refresh() == .failed(shortage.message))
        #expect(file.refresh() == .unchanged)
        #expect(file.refresh() == .reloaded(2))
        #expect(file.refresh() == .unchanged)
    }

    @Test("a broken file is read once, until it changes")
    func broken() throws {
        let script = Script([.success(1), .failure(DERPError(.invalidConfiguration, "broken")), .success(2)])
        let file = try Self.watch(script)
        script.stamp.withLock { $0 = 1 }
        #expect(file.refresh() == .unchanged)
        #expect(file.refresh() == .failed("broken"))
        #expect(file.refresh() == .unchanged)
        script.stamp.withLock { $0 = 2 }
        #expect(file.refresh() == .unchanged)
        #expect(file.refresh() == .reloaded(2))
    }

    @Test("a file that changes all the time is read at every tenth look")
    func restless() throws {
        let script = Script([.success(1), .success(2), .success(3)])
        let file = try Self.watch(script)
        for value in [2, 3] {
            for _ in 0..<9 {
                script.stamp.withLock { $0 += 1 }
                #expect(file.refresh() == .unchanged)
            }
            script.stamp.withLock { $0 += 1 }
            #expect(file.refresh() == .reloaded(value))
        }
    }

    @Test("a file that changes while it is read isn't used, and read again at the next look")
    func changing() throws {
        let stamp = Mutex(0)
        let reads = Mutex(0)
        let file = try WatchedFile(
            stamp: { stamp.withLock { $0 } },
            read: { () throws(DERPError) in
                let count = reads.withLock {
                    $0 += 1
                    return $0
                }
                if count == 2 { stamp.withLock { $0 += 1 } }
                return count
            }
        )
        stamp.withLock { $0 = 1 }
        #expect(file.refresh() == .unchanged)
        #expect(file.refresh() == .unchanged, "it changed while it was read")
        #expect(file.refresh() == .unchanged)
        #expect(file.refresh() == .reloaded(3))
    }
}
