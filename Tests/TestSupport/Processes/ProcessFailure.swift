import Glibc

/// Why a program could not be started, told something, or waited for.
package struct ProcessFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    init(_ what: String, code: Int32) {
        self.description = "\(what): \(String(cString: strerror(code)))"
    }
}
