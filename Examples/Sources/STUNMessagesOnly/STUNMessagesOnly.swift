import STUNMessages

/// Makes a request of a Tailscale node, answers it, and reads the answer: values and bytes, no sockets.
@main
struct STUNMessagesOnly {
    static func main() {
        let request = STUNRequest()
        guard case .request(let received) = STUNRequest.parse(request.bytes),
            let sender = IPEndpoint("192.0.2.1:32853")
        else { return print("the request can't be read") }

        let response = STUNResponse(transactionID: received.transactionID, mappedAddress: sender)
        print("\(request.bytes.count) bytes are asked, \(response.bytes.count) answered")

        guard let answer = STUNResponse(parsing: response.bytes), answer.transactionID == request.transactionID
        else { return print("the answer can't be read") }
        print("the server sees \(answer.mappedAddress)")
    }
}
