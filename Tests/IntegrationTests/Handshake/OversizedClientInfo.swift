/// A ClientInfo that an unknown member blows up to any size.
enum OversizedClientInfo {
    static func frame(payloadSize: Int, of key: TestKey, for serverKey: [UInt8]) throws -> Frame {
        let frame = #"{"version":2,"Filler":""}"#
        let overhead = 32 + 24 + 16 + frame.utf8.count
        let filler = String(repeating: "x", count: payloadSize - overhead)
        return try DERPHandshake.clientInfo(#"{"version":2,"Filler":"\#(filler)"}"#, of: key, for: serverKey)
    }
}
