import HTTPTypes

extension HTTPClient {
    /// A request to a server.
    package struct Request: Sendable {
        package var method: HTTPRequest.Method
        package var url: HTTPURL
        /// The fields besides Host, Content-Length, Connection, Accept-Encoding and User-Agent, which the client sets.
        package var fields: HTTPFields
        package var body: [UInt8]

        package init(
            _ method: HTTPRequest.Method = .get,
            _ url: HTTPURL,
            fields: HTTPFields = [:],
            body: [UInt8] = []
        ) {
            self.method = method
            self.url = url
            self.fields = fields
            self.body = body
        }
    }

    /// The answer of a server.
    package struct Response: Hashable, Sendable {
        /// 200…599.
        package var status: Int
        package var fields: HTTPFields
        package var body: [UInt8]
    }

    /// The limits of an exchange.
    package struct Limits: Hashable, Sendable {
        /// The time for everything: look-up, connecting, TLS, redirects, the answer.
        package var time: Duration
        /// The size of the answer's body, in bytes.
        package var bodySize: Int
        /// The number of redirects that are followed.
        package var redirects: Int

        package init(time: Duration = .seconds(10), bodySize: Int = 5 << 20, redirects: Int = 5) {
            self.time = time
            self.bodySize = bodySize
            self.redirects = redirects
        }
    }
}

extension HTTPClient.Request {
    /// The request as it goes to the server. The connection serves only this request.
    var bytes: [UInt8] {
        var text = "\(self.method.rawValue) \(self.url.target) HTTP/1.1\r\nHost: \(self.url.authority)\r\n"
        var fields = self.fields
        fields[.hostLine] = nil
        fields[.connection] = "close"
        fields[.acceptEncoding] = "identity"
        fields[.userAgent] = "DERPKit/\(LibraryVersion.text)"
        fields[.contentLength] = self.body.isEmpty && self.method != .post ? nil : String(self.body.count)
        for field in fields { text += "\(field.name): \(field.value)\r\n" }
        return Array((text + "\r\n").utf8) + self.body
    }

    /// Returns the same request for another URL. Fields that identify the client are only for the first host.
    func redirected(to url: HTTPURL) -> Self {
        var request = self
        request.url = url
        if url.origin != self.url.origin {
            request.fields[.authorization] = nil
            request.fields[.cookie] = nil
        }
        return request
    }
}
