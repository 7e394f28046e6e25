/// A file of node keys that may change while it is in use: `nodekey:<64 hex>` a line, `#` comments, blank lines.
///
/// What was read last and was whole stays in force when the file breaks or goes away.
public final class KeyListFile: Sendable {
    /// Where the file is.
    public let path: String
    private let file: WatchedFile<FileStamp?, KeyList>

    /// A file is at most this large, in bytes: more than 200,000 keys.
    static let maximumSize = 16 << 20

    /// Reads the file.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration`, which names the file and, where there is one, the line.
    public init(path: String) throws(DERPError) {
        self.path = path
        self.file = try WatchedFile(
            stamp: { FileStamp(of: path) },
            read: { () throws(DERPError) in try Self.read(path) }
        )
    }

    /// How many keys are in force.
    public var count: Int { self.file.value.keys.count }

    /// Whether the list in force has `key`.
    public func contains(_ key: NodePublicKey) -> Bool {
        self.file.value.keys.contains(key)
    }

    /// Reads the file if it isn't the one that was read last. Says how many keys it has then.
    ///
    /// A change counts when two looks in a row see the same file: a program that writes in place has time to finish.
    ///
    /// - Parameter atOnce: Whether to read in any case.
    package func refresh(atOnce: Bool = false) -> FileRefresh<Int> {
        self.file.refresh(atOnce: atOnce).map(\.keys.count)
    }

    private static func read(_ path: String) throws(DERPError) -> KeyList {
        do {
            let text = try FileReader.text(at: path, limit: Self.maximumSize)
            return try KeyList(text)
        } catch let error as KeyList.Problem {
            throw DERPError(.invalidConfiguration, "\(path), \(error)")
        } catch {
            throw DERPError(.invalidConfiguration, "can't read \(path): \(error)")
        }
    }
}
