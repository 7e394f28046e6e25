/// The file with a server's private key.
///
/// Two forms are read, so that a server can be replaced and keep its identity: derper's and headscale's. Each of these
/// programs reads only its own form, so a file is written in the form of the program that may read it next.
public struct KeyFile: Hashable, Sendable {
    /// The form of a key in its file.
    public enum Form: Hashable, Sendable {
        /// derper's JSON: `{"PrivateKey": "privkey:<64 hex>"}`.
        case derper
        /// headscale's text: `privkey:<64 hex>` and nothing else.
        case headscale
    }

    /// A key, and whether its file had to be created.
    public struct Loaded: Sendable {
        /// The server's key.
        public let key: NodePrivateKey
        /// Whether the file was missing and this call created it.
        public let wasCreated: Bool
    }

    /// The maximum size of a key file, in bytes.
    static let maximumSize = 65536

    /// The path of the file.
    package let path: String
    /// The form in which the key is written when the file is created. Both forms are read.
    package let form: Form

    /// The file at `path`. Nothing is read or written yet.
    public init(path: String, form: Form = .derper) {
        self.path = path
        self.form = form
    }

    /// Reads the key.
    ///
    /// - Throws: ``DERPError`` with code `keyFile` if the file is missing, unreadable, larger than 64 KiB, or contains
    ///   anything but a key. The file stays unchanged, and the error never contains the file's content.
    public func load() throws(DERPError) -> NodePrivateKey {
        do {
            return try self.read()
        } catch {
            throw DERPError(.keyFile, "can't read the key file \(self.path): \(error)")
        }
    }

    /// Reads the key. Returns `nil` if there is no file.
    ///
    /// - Throws: ``DERPError`` with code `keyFile`, as ``load()`` does.
    package func loadIfPresent() throws(DERPError) -> NodePrivateKey? {
        do {
            return try self.read()
        } catch let error where error.isMissing {
            return nil
        } catch {
            throw DERPError(.keyFile, "can't read the key file \(self.path): \(error)")
        }
    }

    /// Reads the key. If there is no file, makes a key and writes it, with mode 0600, in one step. Root leaves a file
    /// in headscale's form to the directory's owner, because headscale seldom runs as root.
    ///
    /// If several processes start at once, one of them creates the file, and all get the same key.
    ///
    /// - Throws: ``DERPError`` with code `keyFile`, as ``load()`` does, or if the file can't be written.
    public func loadOrCreate() throws(DERPError) -> Loaded {
        if let key = try self.loadIfPresent() { return Loaded(key: key, wasCreated: false) }
        let key = NodePrivateKey()
        do {
            let text = KeyFileText.encode(key, as: self.form)
            let owner: AtomicFile.Owner = self.form == .headscale ? .ofDirectory : .writer
            try AtomicFile.write(text, to: self.path, mode: 0o600, existing: .keep, owner: owner)
            return Loaded(key: key, wasCreated: true)
        } catch let error where error.isExisting {
            // Another process was quicker; its key counts.
            return Loaded(key: try self.load(), wasCreated: false)
        } catch {
            throw DERPError(.keyFile, "can't write the key file \(self.path): \(error)")
        }
    }

    /// Reads the key. If there is no file, makes a key without writing it, if ``loadOrCreate()`` could write it.
    ///
    /// - Throws: As ``loadOrCreate()`` does.
    package func loadOrTry() throws(DERPError) -> NodePrivateKey {
        if let key = try self.loadIfPresent() { return key }
        do {
            try AtomicFile.checkWritable(self.path)
            return NodePrivateKey()
        } catch {
            throw DERPError(.keyFile, "can't write the key file \(self.path): \(error)")
        }
    }

    /// The reason why the file gave no key.
    private enum Failure: Error, CustomStringConvertible {
        case file(FileError)
        case content(KeyFileText.Problem)

        var isMissing: Bool {
            guard case .file(let error) = self else { return false }
            return error.isMissing
        }

        var description: String {
            switch self {
            case .file(let error): error.description
            case .content(let problem): problem.rawValue
            }
        }
    }

    private func read() throws(Failure) -> NodePrivateKey {
        let text: String
        do {
            text = try FileReader.text(at: self.path, limit: Self.maximumSize)
        } catch {
            throw .file(error)
        }
        do {
            return try KeyFileText.decode(text)
        } catch {
            throw .content(error)
        }
    }
}
