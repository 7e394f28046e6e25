/// The version of this package (Semantic Versioning 2.0.0).
enum LibraryVersion {
    static let text = "0.2.0"
}
