import STUNMessages

/// STUN without sockets: a request, and what a server answers to it.
@main
struct STUNValues {
    static func main() {
        let request = STUNRequest()
        let answer = answer(to: request.bytes, from: IPEndpoint(.loopbackIPv4, port: 41641))
        let response = answer.flatMap { STUNResponse(parsing: $0) }
        print(response?.transactionID == request.transactionID, response?.mappedAddress as Any)
    }
}

/// The answer to a datagram that came from `source`; `nil` when it deserves none.
func answer(to datagram: [UInt8], from source: IPEndpoint) -> [UInt8]? {
    guard case .request(let request) = STUNRequest.parse(datagram) else { return nil }
    return STUNResponse(transactionID: request.transactionID, mappedAddress: source).bytes
}
