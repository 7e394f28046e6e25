import Foundation

/// nginx as an operator would set it up before a relay.
enum NginxFrontend {
    static func configuration(_ kind: ProxyProcess.Kind, _ place: ProxyProcess.Place) -> String {
        let modules = "/usr/lib/nginx/modules/ngx_stream_module.so"
        return """
            \(kind == .nginxStream ? "load_module \(modules);" : "")
            daemon off;
            worker_processes 1;
            pid \(place.directory)/nginx.pid;
            \(getuid() == 0 ? "user root;" : "")
            events { worker_connections 128; }
            \(kind == .nginxStream ? self.stream(place) : self.http(kind, place))
            """
    }

    private static func stream(_ place: ProxyProcess.Place) -> String {
        """
        stream {
          server {
            listen 127.0.0.1:\(place.port);
            proxy_pass 127.0.0.1:\(place.server);
            proxy_bind 127.0.0.\(ProxyProcess.host);
            proxy_protocol on;
          }
        }
        """
    }

    private static func http(_ kind: ProxyProcess.Kind, _ place: ProxyProcess.Place) -> String {
        """
        http {
          access_log off;
          client_body_temp_path \(place.directory)/body;
          proxy_temp_path \(place.directory)/temp;
          fastcgi_temp_path \(place.directory)/fastcgi;
          uwsgi_temp_path \(place.directory)/uwsgi;
          scgi_temp_path \(place.directory)/scgi;
          server {
            listen 127.0.0.1:\(place.port) ssl;
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_certificate \(place.directory)/127.0.0.1.crt;
            ssl_certificate_key \(place.directory)/127.0.0.1.key;
            location / {
              proxy_pass http://127.0.0.1:\(place.server);
              proxy_bind 127.0.0.\(ProxyProcess.host);
              proxy_http_version 1.1;
              proxy_buffering off;
              proxy_set_header Host $host;
              proxy_set_header Upgrade $http_upgrade;
              proxy_set_header Connection "Upgrade";
              \(kind == .nginxHTTP
                ? "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
                : "proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-For \"\";")
            }
          }
        }
        """
    }
}
