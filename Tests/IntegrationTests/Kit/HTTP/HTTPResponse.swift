import Foundation

/// An answer, as it came.
struct HTTPResponse {
    let status: Int
    /// Names in lower case.
    let headers: [(name: String, value: String)]
    private(set) var body: [UInt8] = []

    var text: String { String(decoding: self.body, as: UTF8.self) }

    /// The only value of a header; `nil` if it is absent or not alone.
    subscript(_ name: String) -> String? {
        let values = self.headers.filter { $0.name == name.lowercased() }
        return values.count == 1 ? values.first?.value : nil
    }

    /// Reads a response from a connection: its head, and its body by Content-Length, by chunks, or up to the end.
    init(from connection: Connection, hasBody: Bool = true) throws {
        let deadline = Deadline(in: Deadline.answer)
        let head = try connection.read(through: Array("\r\n\r\n".utf8), until: deadline)
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n").filter { !$0.isEmpty }
        let parts = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), let status = Int(parts[1]) else {
            throw KitError.unexpected("no HTTP response: \(lines.first ?? "")")
        }
        self.status = status
        self.headers = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return (line[..<colon].lowercased(), value)
        }
        guard hasBody, status != 101, status != 204, status != 304 else { return }
        if self["transfer-encoding"]?.lowercased() == "chunked" {
            self.body = try Self.readChunks(from: connection, until: deadline)
        } else if let length = self["content-length"] {
            guard let count = Int(length), count >= 0, count < 1 << 24 else {
                throw KitError.unexpected("Content-Length \(length)")
            }
            self.body = try connection.read(count, until: deadline)
        } else {
            self.body = try connection.readToEnd()
        }
    }

    private static func readChunks(from connection: Connection, until deadline: Deadline) throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let line = try connection.read(through: [13, 10], until: deadline)
            let size = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard let count = Int(size, radix: 16) else { throw KitError.unexpected("chunk size \(size)") }
            body += try connection.read(count, until: deadline)
            _ = try connection.read(2, until: deadline)
            if count == 0 { return body }
        }
    }
}
