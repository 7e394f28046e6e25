/// Something didn't happen in time.
package struct TooLate: Error, CustomStringConvertible {
    package let what: String

    /// - Parameter what: What should have happened.
    package init(_ what: String) { self.what = what }

    package var description: String { "timed out: \(self.what)" }
}
