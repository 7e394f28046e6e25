import CDERPArguments

/// The process's arguments.
///
/// Not `CommandLine.arguments`: Swift reads them from `/proc/self/cmdline`, and they are empty if `/proc` isn't
/// mounted. A server without its flags would serve on every address, with a new key, and would report no mistake.
enum ProcessArguments {
    /// The arguments after the program's name.
    ///
    /// - Throws: ``UsageError`` if they can't be read.
    static func current() throws(UsageError) -> [String] {
        let count = carguments_count()
        guard count > 0 else { throw UsageError("the system doesn't give this process its arguments") }
        return (1..<max(count, 1)).compactMap { carguments_at($0).map { String(cString: $0) } }
    }
}
