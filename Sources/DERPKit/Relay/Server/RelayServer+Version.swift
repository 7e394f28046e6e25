extension RelayServer {
    /// The version of the library and of the server (Semantic Versioning 2.0.0).
    public static let version = LibraryVersion.text
}
