/// A file of node keys that may change while it is in use. It has one `nodekey:<64 hex>` per line, `#` comments and
/// blank lines.
///
/// If the file becomes invalid or goes away, the last valid list stays in force.
public final class KeyListFile: Sendable {
    /// The path of the file.
    package let path: String
    private let file: WatchedFile<FileStamp?, KeyList>

    /// The largest size of a file, in bytes. Enough for more than 200,000 keys.
    static let maximumSize = 16 << 20

    /// Reads the file.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration`. The message names the file and the line, if there is
    ///   one.
    public init(path: String) throws(DERPError) {
        self.path = path
        self.file = try WatchedFile(
            stamp: { FileStamp(of: path) },
            read: { () throws(DERPError) in try Self.read(path) }
        )
    }

    /// How many keys are in force.
    package var count: Int { self.file.value.keys.count }

    /// Returns whether the list in force has `key`.
    package func contains(_ key: NodePublicKey) -> Bool {
        self.file.value.keys.contains(key)
    }

    /// Reads the file if it changed since the last time, and returns how many keys it has then.
    ///
    /// A change counts once two checks in a row see the same file, so that a program that writes in place has time to
    /// finish.
    ///
    /// - Parameter atOnce: Whether to read the file in any case.
    package func refresh(atOnce: Bool = false) -> FileRefresh<Int> {
        self.file.refresh(atOnce: atOnce).map(\.keys.count)
    }

    private static func read(_ path: String) throws(DERPError) -> KeyList {
        do {
            let text = try FileReader.text(at: path, limit: Self.maximumSize)
            return try KeyList(text)
        } catch let error as KeyList.Problem {
            throw DERPError(.invalidConfiguration, "\(path), \(error)")
        } catch let error as FileError {
            throw DERPError(reading: path, error, as: .invalidConfiguration)
        } catch {
            throw DERPError(.invalidConfiguration, "can't read \(path): \(error)")
        }
    }
}
