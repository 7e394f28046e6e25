import Foundation

/// A directory of a test's own, removed with this value.
final class TemporaryDirectory: Sendable {
    let url: URL

    init() throws {
        self.url = FileManager.default.temporaryDirectory.appending(path: "derp-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: self.url)
    }

    func file(_ name: String) -> URL { self.url.appending(path: name) }

    func write(_ text: String, to name: String) throws {
        try text.write(to: self.file(name), atomically: true, encoding: .utf8)
    }

    func contents(of name: String) throws -> String {
        try String(contentsOf: self.file(name), encoding: .utf8)
    }

    func permissions(of name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: self.file(name).path)
        guard let mode = attributes[.posixPermissions] as? Int else { throw KitError.missing("no mode of \(name)") }
        return mode
    }
}
