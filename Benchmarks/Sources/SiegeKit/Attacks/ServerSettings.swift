/// How the server is started for an attack. By default it has TLS with a self-signed certificate, STUN, plain HTTP in
/// addition, and the defaults of everything else.
public struct ServerSettings: Hashable, Sendable {
    /// Further flags. `{dir}` is the server's directory, `{side-port}` the attacker's port.
    public var flags: [String] = []
    /// Files in the server's directory, by name.
    public var files: [String: String] = [:]
    /// Whether the server uses TLS.
    public var isTLS = true
    /// Where the server's certificate is from.
    public var certificates: String
    /// Shell commands that run before the server in its process, such as `ulimit -n 64`.
    public var shell = ""
    public var log = Log.file

    /// Where standard error goes.
    public enum Log: Hashable, Sendable {
        case file
        /// A pipe that is never read.
        case stalledPipe
        /// A file on a full disk.
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

    /// Returns settings with trusted proxies at 127.9.0.0/16: ``Source/proxy(_:)``.
    static func behindProxies(isTLS: Bool, flags: [String] = []) -> Self {
        Self(flags: ["--trusted-proxies", "127.9.0.0/16"] + flags, isTLS: isTLS)
    }
}
