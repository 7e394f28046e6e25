/// A page in which two DERP clients speak to a server over WebSockets. Keys and boxes are the test's: the page knows
/// DERP's frames, and no cryptography.
struct BrowserClients {
    let keys = [TestKey(), TestKey()]
    private let url: String
    private let information: [[UInt8]]

    init(of server: ServerProcess, serverKey: [UInt8]) throws {
        self.url = "\(server.security.isTLS ? "wss" : "ws")://\(server.options.address.withPort(server.port))/derp"
        self.information = try self.keys.map { try DERPHandshake.clientInfo(of: $0, for: serverKey).encoded }
    }

    var page: String {
        let clients = zip(self.keys, self.information).map { key, information in
            #"{ key: "\#(Hexadecimal.encode(key.publicBytes))", info: "\#(Hexadecimal.encode(information))" }"#
        }
        return """
            <script>
            const url = "\(self.url)";
            const identities = [\(clients.joined(separator: ", "))];
            \(Self.script)
            </script>
            """
    }

    private static let script = """
        const bytes = hex => Uint8Array.from(hex.match(/../g), digits => parseInt(digits, 16));
        const check = (condition, what) => { if (!condition) throw new Error(what); };

        function join(...pieces) {
            const whole = new Uint8Array(pieces.reduce((count, piece) => count + piece.length, 0));
            let next = 0;
            for (const piece of pieces) { whole.set(piece, next); next += piece.length; }
            return whole;
        }

        function frame(type, ...payload) {
            const body = join(...payload);
            const head = new Uint8Array(5);
            head[0] = type;
            new DataView(head.buffer).setUint32(1, body.length);
            return join(head, body);
        }

        // DERP's frames come as a stream: where messages end says nothing.
        class Client {
            constructor(identity) {
                this.key = bytes(identity.key);
                this.received = new Uint8Array(0);
                this.frames = [];
                this.socket = new WebSocket(url, "derp");
                this.socket.binaryType = "arraybuffer";
                this.socket.onmessage = event => this.take(new Uint8Array(event.data));
                this.closed = new Promise(resolve => { this.socket.onclose = resolve; });
            }

            take(data) {
                this.received = join(this.received, data);
                while (this.received.length >= 5) {
                    const end = 5 + new DataView(this.received.buffer).getUint32(1);
                    if (this.received.length < end) return;
                    const frame = { type: this.received[0], payload: this.received.slice(5, end) };
                    this.received = this.received.slice(end);
                    if (frame.type != 6) this.frames.push(frame);
                    if (this.wake) this.wake();
                }
            }

            async next(type) {
                while (this.frames.length == 0) await new Promise(resolve => { this.wake = resolve; });
                const frame = this.frames.shift();
                check(frame.type == type, "frame " + frame.type + " instead of " + type);
                return frame.payload;
            }

            async logIn(identity) {
                check((await this.next(1)).length >= 40, "ServerKey");
                check(this.socket.protocol == "derp" && this.socket.extensions == "", "what was agreed upon");
                this.socket.send(bytes(identity.info));
                await this.next(3);
                return this;
            }

            // Sends packets of all kinds of sizes, and waits for each.
            async deliver(peer) {
                for (const size of [0, 1, 93, 94, 1400, 16384, 65535, 65536]) {
                    const packet = new Uint8Array(size).map((_, index) => index * 31 + size);
                    const whole = frame(4, peer.key, packet);
                    for (const count of [1, 2, 3]) {
                        for (let piece = 0; piece < count; piece++) {
                            const [from, to] = [piece, piece + 1].map(n => Math.floor(whole.length * n / count));
                            this.socket.send(whole.slice(from, to));
                        }
                        const got = await peer.next(5);
                        const expected = join(this.key, packet);
                        check(got.length == expected.length && got.every((byte, n) => byte == expected[n]), "packet " + size);
                    }
                }
            }

            // Sends every packet back, up to one that says "stop".
            async echo() {
                for (let count = 0; ; count++) {
                    const payload = await this.next(5);
                    this.socket.send(frame(4, payload.slice(0, 32), payload.slice(32)));
                    if (new TextDecoder().decode(payload.slice(32)) == "stop") return count;
                }
            }

            async end() {
                const event = await this.closed;
                return event.code + " " + event.wasClean;
            }
        }

        async function main() {
            const clients = await Promise.all(identities.map(identity => new Client(identity).logIn(identity)));
            report("ready");
            const counts = await Promise.all(clients.map(client => client.echo()));
            report("echoed " + counts.join(" "));

            const [one, two] = clients;
            await one.deliver(two);
            await two.deliver(one);
            report("relayed");

            const third = new Client(identities[0]);
            await third.next(1);
            third.socket.send(new Uint8Array(65574));
            report("large " + await third.end());
            one.socket.send("text");
            report("text " + await one.end());
            const fourth = await new Client(identities[0]).logIn(identities[0]);
            fourth.socket.send(frame(7, new Uint8Array(2)));
            report("frame " + await fourth.end());
            const fifth = await new Client(identities[0]).logIn(identities[0]);
            fifth.socket.close(3000, "done");
            report("own " + await fifth.end());
            report("waiting");
            report("server " + await two.end());
        }
        main();
        """
}
