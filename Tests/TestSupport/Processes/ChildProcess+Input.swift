import Foundation
import Glibc

extension ChildProcess {
    /// Where a program's standard input comes from.
    package enum Input {
        /// The null device.
        case none
        case file(URL)
        /// ``ChildProcess/write(_:)``, until ``ChildProcess/closeInput()``.
        case test
    }

    /// The two ends of what a test writes to a program. A socket and no pipe: writing to a program that has ended is
    /// then an error, and no signal.
    struct InputChannel {
        let ours: Int32
        let theirs: Int32

        init() throws {
            var ends: [Int32] = [-1, -1]
            let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw ProcessFailure("socketpair", code: errno) }
            (self.ours, self.theirs) = (ends[0], ends[1])
        }
    }

    /// Writes to its standard input, which must be ``Input/test``.
    package func write(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(self.input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw ProcessFailure("writing to process \(self.pid)", code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Ends its standard input.
    package func closeInput() {
        guard self.input >= 0 else { return }
        close(self.input)
        self.input = -1
    }
}
