/// The page for people who open the server in a browser. It says what this is, and that nothing is wrong.
enum StandardHomePage {
    static func html(isRelayEnabled: Bool) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>DERP relay</title>
        <style>
        :root { color-scheme: light dark; }
        body {
            margin: 0; min-height: 100vh; display: grid; place-items: center;
            font: 1.125rem/1.6 system-ui, sans-serif;
        }
        main { max-width: 34rem; padding: 2rem; }
        h1 { margin: 0 0 1rem; font-size: 2.5rem; font-weight: 650; letter-spacing: -.02em; line-height: 1.1; }
        p { margin: 0 0 1rem; }
        .quiet { opacity: .65; font-size: .95rem; }
        a { color: inherit; text-underline-offset: .2em; }
        </style>
        </head>
        <body>
        <main>
        <h1>DERP relay</h1>
        <p>\(isRelayEnabled ? self.relaying : self.notRelaying)</p>
        <p class="quiet">There is nothing to do here in a browser. How it works:
        <a href="https://tailscale.com/kb/1232/derp-servers">about DERP servers</a>.</p>
        </main>
        </body>
        </html>

        """
    }

    private static let relaying =
        "This server helps devices of a Tailscale network find each other, and carries their packets where no direct "
        + "path exists. The packets are encrypted from end to end: it can pass them on, but not read them."

    private static let notRelaying =
        "This server helps devices of a Tailscale network find each other. It does not carry their packets."
}
