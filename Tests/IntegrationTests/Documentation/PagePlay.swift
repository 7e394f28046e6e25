import Foundation
import TestSupport

/// Does what a page says, word by word, on a machine of its own as far as that can be had: its network has nobody else in it,
/// every name of the documentation's is this machine, and /etc, /run and /var/lib can be written without harm.
struct PagePlay {
    /// What became of a block.
    struct Result {
        let block: PageBlock
        let status: Int32?
        let output: String
    }

    private let page: Page
    private let directory: TemporaryDirectory

    init(_ page: Page) throws {
        self.page = page
        self.directory = try TemporaryDirectory()
    }

    /// Runs all that is to be run, in order, until something fails.
    func results() throws -> [Result] {
        for (index, block) in self.page.blocks.enumerated() {
            try self.directory.write(block.text + "\n", to: "block-\(index)")
        }
        try self.directory.write(self.script, to: "page")
        let process = try ChildProcess(
            OwnNetwork.prefix + [
                "bash", self.directory.file("page").path, self.directory.url.path, BuiltProducts.server,
            ],
            environment: ["SOURCES": BuiltProducts.packageRoot.path],
            directory: self.directory.url,
            name: "play"
        )
        let exit = try process.waitForExit(within: .seconds(120))
        guard exit == .code(0) else { throw KitError.unexpected("\(self.page.path): \(exit)\n\(process.errors)") }
        return self.page.blocks.enumerated().compactMap { index, block in
            guard let output = try? self.directory.contents(of: "output-\(index)") else { return nil }
            let status = (try? self.directory.contents(of: "status-\(index)")).flatMap {
                Int32($0.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            return Result(block: block, status: status, output: output)
        }
    }

    private var script: String {
        let blocks = self.page.blocks.enumerated()
        let files = blocks.compactMap { index, block -> String? in
            guard case .file(let path) = block.use else { return nil }
            return "mkdir -p \"$(dirname '\(path)')\" && cp \"$play/block-\(index)\" '\(path)'"
        }
        let steps = blocks.compactMap { index, block -> String? in
            switch block.use {
            case .run: "run \(index)"
            case .beside(let text): "beside \(index) '\(text.replacing("'", with: "'\\''"))'"
            case .file, .output, .notRun, .unmarked: nil
            }
        }
        return Self.prelude + (files + steps).joined(separator: "\n") + "\n"
    }

    /// Names that the documentation gives to machines.
    private static let names = """
        derp.example.com a.example.com b.example.com c.example.com derp.example.net headscale.example.net derp.my.net
        """

    /// What is there before the page begins: a network, names, an authority that this machine trusts, and `certify`, by which
    /// a page's comments have it vouch for names, in /etc/derp.
    private static let prelude = """
        play=$1 server=$2
        set -u
        ip link set lo up
        mkdir -p "$play/etc" "$play/home/.build/release" "$play/bin"
        cp -a /etc/. "$play/etc" 2>/dev/null
        mkdir -p "$play/etc/derp"
        echo "127.0.0.1 localhost \(Self.names)" >"$play/etc/hosts"
        : >"$play/etc/resolv.conf"
        mount --bind "$play/etc" /etc
        mount -t tmpfs tmpfs /run
        mount -t tmpfs tmpfs /var/lib
        mkdir -p /run/derp /var/lib/derp
        ln -s "$server" "$play/bin/DERPServer"
        ln -s "$server" "$play/home/.build/release/DERPServer"
        export HOME=$play/home PATH=$play/bin:$PATH
        unset SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE
        cd "$HOME"

        certificate() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "$@" 2>/dev/null; }
        authority=$play/authority
        certificate -x509 -days 100 -subj "/CN=An authority of the test's" -keyout "$authority.key" -out "$authority.crt"
        cp "$authority.crt" "/etc/ssl/certs/$(openssl x509 -noout -subject_hash -in "$authority.crt").0"
        cat "$authority.crt" >>/etc/ssl/certs/ca-certificates.crt

        certify() {
            for name in "$@"; do
                certificate -x509 -CA "$authority.crt" -CAkey "$authority.key" -days 90 -subj "/CN=$name" \
                    -addext "subjectAltName=DNS:$name" -addext basicConstraints=critical,CA:FALSE \
                    -keyout "/etc/derp/$name.key" -out "/etc/derp/$name.crt" || return
            done
        }

        run() {
            . "$play/block-$1" >"$play/output-$1" 2>&1 </dev/null
            echo $? >"$play/status-$1"
        }

        beside() {
            (. "$play/block-$1") >"$play/output-$1" 2>&1 </dev/null &
            for _ in $(seq 300); do
                grep -q -F -- "$2" "$play/output-$1" && { echo 0 >"$play/status-$1"; return; }
                kill -0 $! 2>/dev/null || break
                sleep 0.1
            done
            echo 1 >"$play/status-$1"
        }


        """
}
