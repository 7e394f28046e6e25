import FoundationEssentials

/// Directories for this program only.
package enum TemporaryDirectory {
    /// Makes an empty directory and returns its path.
    package static func make() throws -> String {
        let path = FileManager.default.temporaryDirectory.path + "/derp-load-\(UInt64.random(in: 0...UInt64.max))"
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw LoadError("\(path) can't be made")
        }
        return path
    }

    package static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }
}
