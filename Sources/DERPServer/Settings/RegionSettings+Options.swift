import AsyncSockets
import DERPKit

extension RegionSettings {
    /// Takes the region's flags.
    ///
    /// - Throws: ``UsageError`` with the flag that is wrong.
    init(_ options: ServerOptions) throws(UsageError) {
        guard let id = Int(options.regionID), DERPRegion.validIDs.contains(id) else {
            throw UsageError("--region-id is 1…2^53-1, not \(UsageError.quote(options.regionID))")
        }
        self.id = id
        self.code = try Self.label("--region-code", options.regionCode, limit: 64)
        self.name = try Self.label("--region-name", options.regionName, limit: 256)
        self.port = try options.regionPort.map { text throws(UsageError) in
            UInt16(try FlagValue("--region-port", text).integer(in: 1...65535))
        }
        self.ipv4 = try Self.address("--ipv4", options.ipv4, family: .ipv4)
        self.ipv6 = try Self.address("--ipv6", options.ipv6, family: .ipv6)
    }

    private static func label(_ flag: String, _ text: String, limit: Int) throws(UsageError) -> String {
        let isFit =
            (1...limit).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f }
        guard isFit else {
            throw UsageError("\(flag) is 1…\(limit) bytes without control characters, not \(UsageError.quote(text))")
        }
        return text
    }

    private static func address(
        _ flag: String,
        _ text: String?,
        family: IPAddress.Family
    ) throws(UsageError) -> String? {
        guard let text, !text.isEmpty else { return nil }
        if text == "none" { return text }
        guard let address = IPAddress(text), address.family == family else {
            throw UsageError(
                "\(flag) is an \(family == .ipv4 ? "IPv4" : "IPv6") address or \"none\", not \(UsageError.quote(text))"
            )
        }
        return address.description
    }
}
