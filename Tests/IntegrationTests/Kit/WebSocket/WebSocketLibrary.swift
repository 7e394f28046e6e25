import Foundation
import TestSupport

/// A DERP client over a WebSocket library from PyPI, `websockets`. `WEBSOCKETS_PYTHON` names a Python that has it.
final class WebSocketLibrary {
    let key: TestKey
    private let directory: TemporaryDirectory
    private let process: ChildProcess

    /// What the client does once it is admitted.
    enum Errand {
        /// Sends every packet back to where it is from.
        case echo
        /// Sends packets of all sizes to one that echoes: whole, in fragments, and over several messages.
        case visit(TestKey)

        fileprivate var arguments: [String] {
            switch self {
            case .echo: ["echo"]
            case .visit(let key): ["visit", Hexadecimal.encode(key.publicBytes)]
            }
        }
    }

    init(_ server: ServerProcess, serverKey: [UInt8], errand: Errand) throws {
        guard let python = ProcessInfo.processInfo.environment["WEBSOCKETS_PYTHON"], !python.isEmpty else {
            throw KitError.missing(
                "WEBSOCKETS_PYTHON names no Python; scripts/test makes one and runs the tests with it"
            )
        }
        self.key = TestKey()
        self.directory = try TemporaryDirectory()
        try self.directory.write(Self.program, to: "client.py")
        let information = try DERPHandshake.clientInfo(of: self.key, for: serverKey)
        let scheme = server.security.isTLS ? "wss" : "ws"
        self.process = try ChildProcess(
            [
                python, "-u", self.directory.file("client.py").path,
                "\(scheme)://\(server.options.address.withPort(server.port))/derp",
                Hexadecimal.encode(information.encoded),
            ] + errand.arguments,
            directory: self.directory.url,
            name: "client"
        )
    }

    /// Waits until the client has said `line`.
    func expect(_ line: String) throws {
        try eventually(
            "the client says \(line), instead of \(self.process.output) \(self.process.errors)",
            within: .seconds(30)
        ) {
            if self.process.output.split(separator: "\n").contains(line[...]) { return true }
            guard !self.process.hasEnded else {
                throw KitError.closed("the client says:\n\(self.process.output)\(self.process.errors)")
            }
            return false
        }
    }

    private static let program = """
        import asyncio, os, ssl, struct, sys
        from websockets.asyncio.client import connect
        from websockets.exceptions import ConnectionClosed

        url, information, errand = sys.argv[1], bytes.fromhex(sys.argv[2]), sys.argv[3:]
        received = b""

        async def take(count):
            global received
            while len(received) < count:
                received += await socket.recv()
            taken, received = received[:count], received[count:]
            return taken

        async def frame():
            while True:
                kind, count = struct.unpack(">BI", await take(5))
                payload = await take(count)
                if kind != 6:
                    return kind, payload

        def packet(key, data):
            return struct.pack(">BI", 4, 32 + len(data)) + key + data

        async def echo():
            while True:
                kind, payload = await frame()
                if kind == 5:
                    await socket.send(packet(payload[:32], payload[32:]))

        async def visit(peer):
            for size in [0, 1, 84, 85, 1400, 16384, 65498, 65499, 65535, 65536]:
                data = os.urandom(size)
                whole = packet(peer, data)
                middle = len(whole) // 2
                for attempt in range(3):
                    if attempt == 0:
                        await socket.send(whole)
                    elif attempt == 1:
                        await socket.send([whole[:1], whole[1:middle], b"", whole[middle:]])
                    else:
                        await socket.send(whole[:middle])
                        await socket.send(whole[middle:])
                    assert await frame() == (5, peer + data), (size, attempt)
            await (await socket.ping(b"hello"))
            print("served")
            await socket.close()

        async def main():
            global socket
            trust = None
            if url.startswith("wss:"):
                trust = ssl.create_default_context()
                trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
            socket = await connect(url, subprotocols=["derp"], ssl=trust, max_size=None)
            assert socket.subprotocol == "derp"
            try:
                kind, payload = await frame()
                assert kind == 1 and len(payload) >= 40
                await socket.send(information)
                assert (await frame())[0] == 3
                print("ready")
                await (echo() if errand[0] == "echo" else visit(bytes.fromhex(errand[1])))
            except ConnectionClosed:
                pass
            print("closed", socket.close_code)

        asyncio.run(main())
        """
}
