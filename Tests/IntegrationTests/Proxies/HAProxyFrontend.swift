/// HAProxy as an operator would set it up before a relay.
enum HAProxyFrontend {
    static func configuration(_ kind: ProxyProcess.Kind, _ place: ProxyProcess.Place) -> String {
        """
        global
          maxconn 128
          nbthread 1
        defaults
          mode \(kind == .haproxyHTTP ? "http" : "tcp")
          timeout connect 5s
          timeout client 60s
          timeout server 60s
          timeout tunnel 60s
          \(kind == .haproxyHTTP ? "option forwardfor" : "")
        frontend clients
          bind 127.0.0.1:\(place.port)\(kind == .haproxyHTTP ? " ssl crt \(place.directory)/both.pem" : "")
          default_backend relay
        backend relay
          source 127.0.0.\(ProxyProcess.host)
          server relay 127.0.0.1:\(place.server) \(self.server(kind))

        """
    }

    private static func server(_ kind: ProxyProcess.Kind) -> String {
        switch kind {
        case .haproxyLine: "send-proxy"
        // Its checks come as LOCAL connections.
        case .haproxyBinary: "send-proxy-v2 check inter 100ms"
        default: ""
        }
    }
}
