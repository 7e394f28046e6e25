import Foundation
import TestSupport

/// Where the build left the programs that the tests run, and where the sources are.
enum BuiltProducts {
    /// The server under test.
    static var server: String { ServerUnderTest.path }

    /// The root of this package.
    static var packageRoot: URL { ServerUnderTest.packageRoot }
}
