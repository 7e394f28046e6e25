import Foundation
import Glibc
import TestSupport
import Testing

@testable import DERPServer

@Suite("Output that nobody waits for", .blocking, .light, .timeLimit(.minutes(1)))
struct OutputQueueTests {
    /// A pipe of one page.
    private final class SmallPipe {
        let reader: Int32
        let writer: Int32
        /// `F_SETPIPE_SZ`, which Glibc's module lacks.
        private static let setPipeSize: Int32 = 1031

        init() throws {
            var ends: [Int32] = [-1, -1]
            try #require(pipe(&ends) == 0)
            (self.reader, self.writer) = (ends[0], ends[1])
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            try #require(fcntl(self.writer, Self.setPipeSize, 4096) == 4096)
        }

        deinit { close(self.reader) }

        /// Reads until the text ends with `end`.
        func read(until end: String) -> String {
            var text = [UInt8]()
            var byte: UInt8 = 0
            while !text.suffix(end.utf8.count).elementsEqual(end.utf8), Glibc.read(self.reader, &byte, 1) == 1 {
                text.append(byte)
            }
            return String(decoding: text, as: UTF8.self)
        }
    }

    private func line(_ number: Int) -> String { "line \(number) " + String(repeating: "x", count: 90) + "\n" }

    @Test("what is written arrives, in order, and a flush waits for it")
    func order() throws {
        let pipe = try SmallPipe()
        let queue = OutputQueue(pipe.writer) { "\($0) lost\n" }
        let lines = (0..<20).map(self.line)
        lines.forEach(queue.write)
        #expect(queue.flush(within: .seconds(20)))
        #expect(pipe.read(until: lines[19]) == lines.joined())
    }

    @Test("a reader that stalls holds nobody up; what doesn't fit is counted where it is missing")
    func stall() throws {
        let pipe = try SmallPipe()
        let queue = OutputQueue(pipe.writer, capacity: 10_000) { "\($0) lost\n" }
        let start = ContinuousClock.now
        for number in 0..<1000 { queue.write(self.line(number)) }
        #expect(!queue.flush(within: .milliseconds(50)))
        #expect(ContinuousClock.now - start < .seconds(10) * Sanitizer.slowness)
        // None is missing without being counted in its place. The thread may have come more than once meanwhile.
        var (next, lost) = (0, 0)
        while next < 1000 {
            let line = pipe.read(until: "\n")
            if line.hasSuffix(" lost\n") {
                let count = try #require(line.split(separator: " ").first.flatMap { Int($0) })
                (next, lost) = (next + count, lost + count)
            } else {
                try #require(line == self.line(next))
                next += 1
            }
        }
        #expect(next == 1000 && lost > 500)
        // Once it reads again, nothing more is lost.
        queue.write("again\n")
        #expect(pipe.read(until: "again\n") == "again\n")
        #expect(queue.flush(within: .seconds(20)))
    }

    @Test("what can't be written, as the reader has gone, is dropped, and a flush doesn't wait for it")
    func gone() throws {
        var pipe: SmallPipe? = try SmallPipe()
        let writer = try #require(pipe?.writer)
        pipe = nil
        let queue = OutputQueue(writer) { "\($0) lost\n" }
        for number in 0..<1000 { queue.write(self.line(number)) }
        #expect(queue.flush(within: .seconds(20)))
    }
}
