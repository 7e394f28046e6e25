import CArguments

/// What the process was started with.
///
/// Not `CommandLine.arguments`: that is read from `/proc/self/cmdline`, and empty where `/proc` isn't mounted. Who lost
/// its flags would serve on every address, with a new key, and no mistake on the command line would be told.
enum ProcessArguments {
    /// The arguments behind the program's name.
    ///
    /// - Throws: ``UsageError`` where they can't be known.
    static func current() throws(UsageError) -> [String] {
        let count = carguments_count()
        guard count > 0 else { throw UsageError("the system doesn't give this process its arguments") }
        return (1..<max(count, 1)).compactMap { carguments_at($0).map { String(cString: $0) } }
    }
}
