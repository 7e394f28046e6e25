import Glibc

/// What the kernel tells about the timers of TCP connections, proc(5).
enum KernelTimers {
    /// When the next keepalive of a connection to a port of 127.0.0.1 is due, seen from the server's end: `1000 s`, of
    /// which some may have passed.
    static func keepAlive(ofPort port: UInt16) throws -> String {
        var time = ""
        try eventually("a connection waits for its keepalive") {
            let lines = try Self.lines(of: "/proc/net/tcp")
            let address = Hexadecimal.encode([UInt8(port >> 8), UInt8(port & 0xff)]).uppercased()
            for fields in lines.map({ $0.split(separator: " ") }) where fields.count > 5 {
                // An established connection whose timer is that of keepalives.
                guard fields[1] == "0100007F:\(address)", fields[3] == "01", fields[5].hasPrefix("02:"),
                    let ticks = Int(fields[5].dropFirst(3), radix: 16)
                else { continue }
                // In hundredths of a second.
                time = "\((ticks / 100 + 30) / 50 * 50) s"
                return true
            }
            return false
        }
        return time
    }

    /// The file has no size, by which Foundation would read it to its end.
    private static func lines(of path: String) throws -> [Substring] {
        guard let file = fopen(path, "r") else { throw KitError.lastSystemError("open \(path)") }
        defer { fclose(file) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { text += chunk[..<count] }
        return String(decoding: text, as: UTF8.self).split(separator: "\n")
    }
}
