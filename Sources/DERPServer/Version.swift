/// This program's version (https://semver.org).
enum Version {
    static let current = "0.1.0"
}
