import Glibc

/// Reads small files completely.
package enum FileReader {
    /// Returns the bytes of the regular file at `path`, at most `limit`.
    static func bytes(at path: String, limit: Int) throws(FileError) -> [UInt8] {
        // Non-blocking, so that a pipe at that path can't hold up the start before it is recognised.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }

        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .last }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(.notRegular) }
        return try Self.bytes(of: descriptor, limit: limit)
    }

    /// Returns the bytes of the file or pipe at `path`, up to its end, at most `limit`. Waits for the writer of a pipe,
    /// so it is for commands, not for servers.
    static func streamedBytes(at path: String, limit: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .last }
        defer { close(descriptor) }
        return try Self.bytes(of: descriptor, limit: limit)
    }

    /// Returns the content of an open file, up to its end, at most `limit` bytes.
    static func bytes(of descriptor: Int32, limit: Int) throws(FileError) -> [UInt8] {
        var bytes = [UInt8]()
        var chunk = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .last
            }
            guard bytes.count + count <= limit else { throw FileError(.tooLarge(limit: limit)) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Returns the file at `path` as UTF-8 text of at most `limit` bytes.
    package static func text(at path: String, limit: Int) throws(FileError) -> String {
        try Self.text(try self.bytes(at: path, limit: limit))
    }

    /// Like ``streamedBytes(at:limit:)``, as text.
    package static func streamedText(at path: String, limit: Int) throws(FileError) -> String {
        try Self.text(try self.streamedBytes(at: path, limit: limit))
    }

    /// Like ``streamedText(at:limit:)``, from standard input.
    package static func standardInputText(limit: Int) throws(FileError) -> String {
        try Self.text(try self.bytes(of: STDIN_FILENO, limit: limit))
    }

    /// Returns the text without the mark that some editors put before UTF-8.
    private static func text(_ bytes: [UInt8]) throws(FileError) -> String {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let text = String(validating: bytes, as: UTF8.self) else { throw FileError(.notText) }
        return text
    }
}
