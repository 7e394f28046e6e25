import HTTPTypes
@_spi(Benchmarks) @testable import DERPKit

/// What servers answer to our clients must come out the same however it is cut: to fetches, and to a client's login
/// with and without an HTTP head.
enum ResponsesFuzzer {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let kind = input.first,
            let (size, input) = Pieces.sized(UnsafeRawBufferPointer(rebasing: input.dropFirst()), below: 64)
        else { return }
        switch kind % 6 {
        case 0: Self.fetch(.get, input, size)
        case 1: Self.fetch(.head, input, size)
        case 2: Self.logIn(.upgrade, input, size)
        case 3: Self.logIn(.fastStart, input, size)
        case 4: Self.locate(String(decoding: input, as: UTF8.self))
        default: Self.wait(String(decoding: input, as: UTF8.self))
        }
    }

    // MARK: Fetches

    private static let bodyLimit = 1000

    private static func fetch(_ method: HTTPRequest.Method, _ input: [UInt8], _ size: Int) {
        let whole = Self.response(to: method, input, input.count)
        precondition(whole == Self.response(to: method, input, size))
        precondition(whole == Self.response(to: method, input, 1))
        guard let whole else { return }
        precondition((200...599).contains(whole.status) && whole.body.count <= Self.bodyLimit)
        precondition(method == .get || whole.body.isEmpty)
    }

    /// Returns the response in `input`, or `nil` if it is refused or incomplete.
    private static func response(
        to method: HTTPRequest.Method,
        _ input: [UInt8],
        _ size: Int
    ) -> HTTPClient.Response? {
        var reader = HTTPResponseReader(answerTo: method, bodyLimit: Self.bodyLimit)
        do throws(DERPError) {
            for piece in Pieces.of(input, size) { try reader.take(piece) }
            try reader.end()
            return reader.response
        } catch {
            return nil
        }
    }

    // MARK: Logins

    private struct Login: Hashable {
        var sent: [[UInt8]] = []
        var welcome: ClientWelcome?
        var failure: DERPError.Code?
    }

    private static let privateKey = NodePrivateKey()

    private static func logIn(_ start: ClientHandshake.Start, _ input: [UInt8], _ size: Int) {
        let whole = Self.login(start, input, input.count)
        precondition(whole == Self.login(start, input, size))
        precondition(whole == Self.login(start, input, 1))
    }

    private static func login(_ start: ClientHandshake.Start, _ input: [UInt8], _ size: Int) -> Login {
        var handshake = ClientHandshake(privateKey: Self.privateKey, host: "relay.example.com", start: start)
        var login = Login()
        for piece in Pieces.of(input, size) {
            do {
                var step = try piece.withUnsafeBytes { try handshake.take($0) }
                if case .send(let bytes) = step {
                    // What follows is a random nonce and its box.
                    login.sent.append(Array(bytes.prefix(FrameHeader.byteCount + NodePublicKey.byteCount)))
                    // What came behind the server's key.
                    step = try handshake.take(UnsafeRawBufferPointer(start: nil, count: 0))
                }
                guard case .complete(let welcome) = step else { continue }
                login.welcome = welcome
                return login
            } catch {
                login.failure = (error as? DERPError)?.code
                return login
            }
        }
        return login
    }

    // MARK: Fields

    private static let base = HTTPURL("https://map.example.com:8443/derp/map.json?version=1")!

    /// A redirect's Location.
    private static func locate(_ reference: String) {
        for url in [HTTPURL(reference), Self.base.resolving(reference)].compactMap({ $0 }) {
            precondition(HTTPURL(url.text) == url, "\(url.text) is another URL")
            precondition(url.target.utf8.first == UInt8(ascii: "/") && url.port > 0)
        }
    }

    private static func wait(_ text: String) {
        guard let pause = HTTPRetryAfter.duration(text, now: 1_795_000_000) else { return }
        precondition(pause >= .zero)
    }
}
