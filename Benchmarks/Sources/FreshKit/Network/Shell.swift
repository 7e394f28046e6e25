import Glibc

/// Runs shell commands in the namespace of the calling thread.
enum Shell {
    /// Runs a script and returns its standard output and error output.
    ///
    /// - Throws: ``FreshError`` with the output if the script fails.
    static func run(_ script: String) throws -> String {
        guard let pipe = popen("exec 2>&1\n" + script, "re") else { throw FreshError("can't run a shell") }
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            guard count > 0 else { break }
            text.append(contentsOf: buffer[..<count])
        }
        let output = String(decoding: text, as: UTF8.self)
        guard pclose(pipe) == 0 else { throw FreshError("a command failed: \(output)\n\(script)") }
        return output
    }
}
