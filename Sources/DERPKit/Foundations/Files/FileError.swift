import IPAddresses
import Glibc

/// Why a file couldn't be read or written. Contains no path and no content: the caller says which file it was.
package struct FileError: Error, Hashable, CustomStringConvertible {
    /// The kinds of failure.
    package enum Reason: Hashable {
        /// A system call failed with this `errno`.
        case system(Int32)
        /// The file has more than this many bytes.
        case tooLarge(limit: Int)
        /// The path names a directory, a socket, a pipe or a device.
        case notRegular
        /// The content is not UTF-8.
        case notText
    }

    package let reason: Reason

    init(_ reason: Reason) { self.reason = reason }

    /// The failure of the system call that was just made.
    static var last: Self { Self(.system(errno)) }

    /// Whether the same file may be readable a moment later, because this machine was short of something.
    var mayPass: Bool {
        guard case .system(let code) = self.reason else { return false }
        return [EMFILE, ENFILE, ENOMEM, ENOBUFS, EAGAIN, EINTR, EIO].contains(code)
    }

    var isMissing: Bool { self.reason == .system(ENOENT) }
    var isExisting: Bool { self.reason == .system(EEXIST) }

    package var description: String {
        switch self.reason {
        case .system(let code): String(cString: strerror(code)).lowercasedASCII
        case .tooLarge(let limit): "larger than \(ByteCount.text(limit))"
        case .notRegular: "not a regular file"
        case .notText: "not UTF-8 text"
        }
    }
}
