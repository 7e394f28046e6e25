/// How the server is started for an attack. Without any of this: TLS with a self-signed certificate, STUN, plain HTTP
/// beside it, and the defaults for all else.
public struct ServerSettings: Hashable, Sendable {
    /// Flags besides; `{dir}` is the server's directory, `{side-port}` where the attacker serves.
    public var flags: [String] = []
    /// Files in its directory, by name.
    public var files: [String: String] = [:]
    /// Whether it speaks TLS.
    public var isTLS = true
    /// Where its certificate is from.
    public var certificates: String
    /// Shell commands before it, in its process, such as `ulimit -n 64`.
    public var shell = ""
    public var log = Log.file

    /// Where standard error goes.
    public enum Log: Hashable, Sendable {
        case file
        /// A pipe that nobody reads.
        case stalledPipe
        /// A file on a disk that is full.
        case fullDisk
    }

    public init(
        flags: [String] = [],
        files: [String: String] = [:],
        isTLS: Bool = true,
        certificates: String = "-certmode self-signed -certdir {dir}",
        shell: String = "",
        log: Log = .file
    ) {
        self.flags = flags
        self.files = files
        self.isTLS = isTLS
        self.certificates = isTLS ? certificates : "-certmode none"
        self.shell = shell
        self.log = log
    }

    /// With proxies whose word counts, at 127.9.0.0/16: ``Source/proxy(_:)``.
    static func behindProxies(isTLS: Bool, flags: [String] = []) -> Self {
        Self(flags: ["--trusted-proxies", "127.9.0.0/16"] + flags, isTLS: isTLS)
    }
}
