/// A file of clients' rates that may change while it is in use, in the form of derper's `-rate-config`
/// (docs/limits.md, "Rates").
///
/// The rates that were read last stay in force when the file breaks or goes away.
public final class RateLimitFile: Sendable {
    /// Where the file is.
    package let path: String
    private let file: WatchedFile<FileStamp?, RateLimits>

    /// Reads the file.
    ///
    /// - Throws: ``DERPError`` with code `invalidConfiguration`, which names the file and, where there is one, the line.
    public init(path: String) throws(DERPError) {
        self.path = path
        self.file = try WatchedFile(
            stamp: { FileStamp(of: path) },
            read: { () throws(DERPError) in try RateLimits(path: path) }
        )
    }

    /// The rates in force.
    package var limits: RateLimits { self.file.value }

    /// Reads the file if it changed. A change counts when two looks in a row see the same file: a program that writes it
    /// in place has time to finish.
    ///
    /// - Parameter atOnce: Whether to read the file in any case.
    func refresh(atOnce: Bool = false) -> FileRefresh<RateLimits> {
        self.file.refresh(atOnce: atOnce)
    }
}
