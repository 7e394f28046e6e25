import IPAddresses
import DERPKit
import Logging

/// How a flag's text becomes a value.
struct FlagReader<Value: Sendable>: Sendable {
    let kind: Flag.Kind
    /// Reads the values that were given, or the default.
    let read: @Sendable ([FlagValue]) throws(UsageError) -> Value

    /// Reads the one value of a flag.
    static func one(
        _ kind: Flag.Kind = .value,
        _ read: @escaping @Sendable (FlagValue) throws(UsageError) -> Value
    ) -> Self {
        Self(kind: kind) { values throws(UsageError) in
            guard let value = values.last else { throw UsageError("a flag without a default has no value") }
            return try read(value)
        }
    }

    /// Reads each value of a flag that may be repeated.
    static func each<Element>(
        _ read: @escaping @Sendable (FlagValue) throws(UsageError) -> Element
    ) -> Self where Value == [Element] {
        Self(kind: .list) { values throws(UsageError) in
            var elements: [Element] = []
            for value in values { elements.append(try read(value)) }
            return elements
        }
    }

    /// As `reader`; `nil` when the flag isn't given.
    static func optional<Wrapped>(_ reader: FlagReader<Wrapped>) -> Self where Value == Wrapped? {
        Self(kind: reader.kind) { values throws(UsageError) in try values.isEmpty ? nil : reader.read(values) }
    }

    /// As `reader`; `nil` when the flag isn't given, or empty.
    static func unlessEmpty<Wrapped>(_ reader: FlagReader<Wrapped>) -> Self where Value == Wrapped? {
        Self(kind: reader.kind) { values throws(UsageError) in
            try values.allSatisfy(\.text.isEmpty) ? nil : reader.read(values)
        }
    }
}

extension FlagReader where Value == Bool {
    /// ``Setting`` has made it `true` or `false`.
    static var boolean: Self { .one(.boolean) { $0.text == "true" } }

    /// A flag whose value nobody reads.
    static var ignored: Self { .one { _ in false } }
}

extension FlagReader where Value == String {
    static var text: Self { .one { $0.text } }

    /// Text that files may write as a list.
    static var commas: Self { .one(.commas) { $0.text } }

    /// A text without control characters.
    static func label(limit: Int) -> Self {
        .one { value throws(UsageError) in
            let isFit =
                (1...limit).contains(value.text.utf8.count)
                && value.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
            guard isFit else { throw value.wrong("1…\(limit) bytes without control characters") }
            return value.text
        }
    }

    /// The path of a Unix socket.
    static var socketPath: Self {
        .one { value throws(UsageError) in
            guard value.text.utf8.count <= 107, !value.text.utf8.contains(0) else {
                throw value.wrong("the path of a Unix socket, 107 bytes at most")
            }
            return value.text
        }
    }

    /// An address of one family, or `none`.
    static func address(_ family: IPAddress.Family) -> Self {
        .one { value throws(UsageError) in
            if value.text == "none" { return value.text }
            guard let address = IPAddress(value.text), address.family == family else {
                throw value.wrong("an \(family == .ipv4 ? "IPv4" : "IPv6") address or \"none\"")
            }
            return address.description
        }
    }
}

extension FlagReader where Value == [String] {
    static var texts: Self { .each { $0.text } }
}

extension FlagReader where Value == Int {
    static func integer(in range: ClosedRange<Int>, called words: String? = nil) -> Self {
        .one { value throws(UsageError) in try value.integer(in: range, called: words) }
    }

    /// A number of bytes: alone, or with one of the units KiB, MiB, GiB and TiB.
    static func byteCount(in range: ClosedRange<Int>) -> Self {
        .one { value throws(UsageError) in try value.byteCount(in: range) }
    }
}

extension FlagReader where Value == UInt16 {
    static func port(in range: ClosedRange<Int>) -> Self {
        .one { value throws(UsageError) in UInt16(try value.integer(in: range)) }
    }
}

extension FlagReader where Value == Duration {
    static func duration(in range: ClosedRange<Duration>) -> Self {
        .one { value throws(UsageError) in try value.duration(in: range) }
    }

    static func duration(zeroOr range: ClosedRange<Duration>) -> Self {
        .one { value throws(UsageError) in try value.duration(zeroOr: range) }
    }
}

extension FlagReader where Value == ListenAddress {
    static var listenAddress: Self {
        .one { value throws(UsageError) in
            guard let address = ListenAddress(value.text) else {
                throw value.wrong(":port, ip:port, [ipv6]:port or name:port")
            }
            return address
        }
    }
}

extension FlagReader where Value == [IPNetwork] {
    /// Networks, separated by commas or in values of their own.
    static var networks: Self {
        Self(kind: .list) { values throws(UsageError) in
            var networks: [IPNetwork] = []
            for value in values {
                for text in value.text.parts(at: ",") where !text.isEmpty {
                    guard let network = IPNetwork(text.trimmed) else {
                        let quoted = UsageError.quote(String(text))
                        throw value.error("takes networks such as 192.0.2.0/24, not \(quoted)")
                    }
                    networks.append(network)
                }
            }
            return networks
        }
    }
}

extension FlagReader where Value == Logger.Level {
    static var logLevel: Self {
        .one { value throws(UsageError) in
            guard let level = Logger.Level(rawValue: value.text) else {
                throw value.wrong("one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return level
        }
    }
}
