import FoundationEssentials
import Glibc

/// A directory of a test's own, removed with all that is in it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/derp-kit-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure() }
        self.path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }

    struct Failure: Error {}

    func file(_ name: String) -> String { "\(self.path)/\(name)" }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try self.write(Array(text.utf8), to: name)
    }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let path = self.file(name)
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard file >= 0 else { throw Failure() }
        defer { close(file) }
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw Failure() }
        return path
    }

    /// The names of the entries, sorted.
    func entries() -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: self.path).sorted()) ?? []
    }

    /// The permission bits of `path`.
    static func mode(of path: String) -> mode_t {
        var status = stat()
        guard stat(path, &status) == 0 else { return 0 }
        return status.st_mode & 0o777
    }
}
