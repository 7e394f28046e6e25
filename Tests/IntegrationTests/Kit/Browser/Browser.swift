import Foundation
import TestSupport

/// A real browser without a window, which shows a page of the test's own; what the page reports can be waited for.
final class Browser {
    private let directory: TemporaryDirectory
    private let site: ChildProcess
    private let browser: ChildProcess

    /// Opens `page`, whose scripts may call `report(line)`.
    init(showing page: String) throws {
        let directory = try TemporaryDirectory()
        self.directory = directory
        try directory.write(Self.head + page, to: "page.html")
        try directory.write(Self.program, to: "site.py")
        let site = try ChildProcess(
            ["python3", "-u", directory.file("site.py").path, directory.file("page.html").path],
            directory: directory.url,
            name: "site"
        )
        self.site = site
        try eventually("the page is served") {
            guard !site.hasEnded else { throw KitError.closed("the page's server ended:\n\(site.errors)") }
            return site.output.contains("\n")
        }
        let port = site.output.prefix { $0 != "\n" }
        self.browser = try ChildProcess(
            [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--ignore-certificate-errors",
                // Without it a browser without a window has nothing to stay for.
                "--remote-debugging-port=0", "--user-data-dir=\(directory.file("profile").path)",
                "http://127.0.0.1:\(port)/",
            ],
            environment: ["HOME": directory.url.path, "TMPDIR": directory.url.path],
            directory: directory.url,
            name: "browser"
        )
    }

    /// It ends its own processes when it is asked to.
    deinit {
        self.browser.send(signal: SIGTERM)
        _ = try? self.browser.waitForExit(within: .seconds(10))
    }

    /// Waits until the page reports a line that begins with `start`, and gives the rest of it.
    func report(_ start: String, within limit: Duration = .seconds(45)) throws -> String {
        let deadline = Deadline(in: limit)
        while true {
            let lines = self.site.output.split(separator: "\n").dropFirst()
            if let line = lines.first(where: { $0.hasPrefix(start) }) { return String(line.dropFirst(start.count)) }
            if let error = lines.first(where: { $0.hasPrefix("error") }) { throw KitError.unexpected(String(error)) }
            guard !self.browser.hasEnded else { throw KitError.closed("the browser ended:\n\(self.browser.errors)") }
            guard !deadline.hasPassed else {
                throw KitError.timedOut("\(start) is not among \(lines):\n\(self.browser.errors.suffix(2000))")
            }
            giveTime()
        }
    }

    private static let head = """
        <!DOCTYPE html>
        <meta charset="utf-8">
        <title>Test</title>
        <script>
        const report = line => fetch("/report", { method: "POST", body: line });
        addEventListener("error", event => report("error " + event.message));
        addEventListener("unhandledrejection", event => report("error " + event.reason));
        </script>

        """

    /// Serves the page, and prints its port and then every report.
    private static let program = """
        import http.server, sys

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *arguments): pass
            def answer(self, status, body=b""):
                self.send_response(status)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def do_GET(self):
                if self.path == "/":
                    self.answer(200, open(sys.argv[1], "rb").read())
                else:
                    self.answer(404)
            def do_POST(self):
                line = self.rfile.read(int(self.headers["Content-Length"])).decode().replace("\\n", " ")
                sys.stdout.write(line + "\\n")
                self.answer(200)

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        print(server.server_port)
        server.serve_forever()
        """
}
