import AsyncSockets

/// An error of DERPKit. Safe to print: it never contains a secret.
public struct DERPError: Error, Hashable, Sendable {
    /// The kind of failure. More kinds may be added in later versions.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String, Hashable, Sendable {
            case invalidConfiguration, keyFile, certificate, listen, addressInUse, connection, tls, handshake,
                wrongServerKey
            case refused, takeover, protocolViolation, incompleteAnswer, timeout, tlsTimeout, cancelled, exhausted
            case connectionLost, closed, misuse
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// A setting is malformed, out of range, or contradicts another.
        public static let invalidConfiguration = Self(.invalidConfiguration)
        /// A private key file can't be read, written or understood.
        public static let keyFile = Self(.keyFile)
        /// A certificate or its key can't be read, written, made or used.
        public static let certificate = Self(.certificate)
        /// An address can't be listened on.
        public static let listen = Self(.listen)
        /// An address is in use.
        public static let addressInUse = Self(.addressInUse)
        /// The server to take over from hands nothing over, or its socket can't be used.
        public static let takeover = Self(.takeover)
        /// A connection can't be made.
        public static let connection = Self(.connection)
        /// The other side doesn't speak TLS, or its certificate isn't trusted.
        public static let tls = Self(.tls)
        /// The other side didn't complete the DERP handshake.
        public static let handshake = Self(.handshake)
        /// The server has another key than the one that was expected.
        public static let wrongServerKey = Self(.wrongServerKey)
        /// The relay does not admit this client.
        public static let refused = Self(.refused)
        /// The other side broke the protocol.
        public static let protocolViolation = Self(.protocolViolation)
        /// An operation took longer than it may, or nothing was received in the time that the caller gave. In the latter
        /// case the connection is as good as before: receive again.
        public static let timeout = Self(.timeout)
        /// A check connected, but TLS took longer than it may.
        package static let tlsTimeout = Self(.tlsTimeout)
        /// This machine is the cause: it has run out of files, memory, port numbers or places in a queue, or its
        /// firewall lets nothing out. This says nothing about the other side, which was perhaps never asked.
        public static let exhausted = Self(.exhausted)
        /// The task that waited was cancelled.
        public static let cancelled = Self(.cancelled)
        /// The connection was in use and is dead: the other side closed it, fell silent, or takes no more bytes. Connect
        /// again.
        public static let connectionLost = Self(.connectionLost)
        /// This end closed the connection, or shut the client down, before it received or sent.
        public static let closed = Self(.closed)
        /// The caller did something that isn't allowed: it received in two tasks at the same time, sent a packet that is
        /// too large, or started a server a second time. Nothing has changed.
        public static let misuse = Self(.misuse)

        /// An answer began to arrive, and then broke off or took too long.
        public static let incompleteAnswer = Self(.incompleteAnswer)

        public var description: String { self.kind.rawValue }
    }

    /// A part of ``RelayServer/Configuration`` that names addresses. More may be added in later versions.
    public struct Setting: Hashable, Sendable {
        private enum Kind: Hashable, Sendable { case addresses, plainHTTPAddresses, stunAddresses }

        private let kind: Kind

        /// ``RelayServer/Configuration/addresses``.
        public static let addresses = Self(kind: .addresses)
        /// ``RelayServer/Configuration/plainHTTPAddresses``.
        public static let plainHTTPAddresses = Self(kind: .plainHTTPAddresses)
        /// ``RelayServer/Configuration/stunAddresses``.
        public static let stunAddresses = Self(kind: .stunAddresses)
    }

    /// The kind of failure.
    public let code: Code
    /// One line for a person: what was tried, on what, and why it failed.
    public let message: String
    /// The setting that named the address, of an error with code `listen` or `addressInUse`. `nil` if the address isn't
    /// one of a relay's.
    public let setting: Setting?

    /// An error with a message of one line, which holds no secret.
    public init(_ code: Code, _ message: String, setting: Setting? = nil) {
        self.code = code
        self.message = message
        self.setting = setting
    }
}

extension DERPError: CustomStringConvertible {
    public var description: String { self.message }
}

extension DERPError {
    /// Makes the error that `error` means for a caller that wanted to listen on an address of `setting`, or on one
    /// that isn't a relay's.
    init(listening error: SocketError, _ setting: Setting?) {
        self.init(error.code == .addressInUse ? .addressInUse : .listen, error.message, setting: setting)
    }

    /// Makes the error that `error` means for a caller that wanted to reach another host.
    static func unreached(_ error: SocketError) -> Self {
        let code: Code = error.isLocal ? .exhausted : (error.code == .timeout ? .timeout : .connection)
        return Self(code, error.message)
    }
}
