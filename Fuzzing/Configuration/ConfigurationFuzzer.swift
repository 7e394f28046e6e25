import Glibc

@testable import DERPServer

/// A command line, variables of the environment, and a configuration file, as they are read together. A mistake is
/// reported in one harmless line.
///
/// The input is text: an argument a line, an empty line, a variable a line, an empty line, the file.
enum ConfigurationFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        let parts = Self.parts(of: input)
        var arguments = Self.lines(of: parts[0])
        var variables = ["HOME": "/nonexistent"]
        for line in Self.lines(of: parts[1]) {
            let words = line.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1).map { String(Substring($0)) }
            if words.count == 2 { variables[words[0]] = words[1] }
        }
        if !parts[2].isEmpty, let file = Self.file {
            file.write(parts[2])
            // A subcommand stays the first.
            arguments.insert("--config=\(file.path)", at: min(arguments.first == "map" ? 1 : 0, arguments.count))
        }
        let environment = HostEnvironment(isRoot: true, hostname: "relay.example.com", variables: variables)
        switch CommandLineRequest(arguments, in: environment) {
        case .refuse(let error): Lines.check("\(error)")
        case .serve(let settings), .checkSettings(let settings):
            precondition(!settings.hostnames.isEmpty)
            settings.sources.notices.forEach { Lines.check("\($0)") }
        case .print, .map, .check: break
        }
    }

    private static let file = ScratchFile()

    /// Returns the three parts of the input, which empty lines separate.
    private static func parts(of input: UnsafeRawBufferPointer) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        for byte in input {
            let part = parts[parts.count - 1]
            if byte == 0x0a, parts.count < 3, part.isEmpty || part.last == 0x0a {
                parts.append([])
            } else {
                parts[parts.count - 1].append(byte)
            }
        }
        return parts + [[UInt8]](repeating: [], count: 3 - parts.count)
    }

    private static func lines(of part: [UInt8]) -> [String] {
        // None of them can hold a zero.
        part.split(separator: 0x0a).map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
