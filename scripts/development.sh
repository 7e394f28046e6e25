# Sourced by scripts/run: the text about the relay that it starts.

# flag_value NAME DEFAULT ARGUMENT…: prints the value that the server uses for the flag, which is the last one given.
flag_value() {
    local name=$1 value=$2
    shift 2
    while [ $# -gt 0 ]; do
        case $1 in
        -"$name"=* | --"$name"=*) value=${1#*=} ;;
        -"$name" | --"$name")
            if [ $# -gt 1 ]; then
                value=$2
                shift
            fi
            ;;
        esac
        shift
    done
    printf '%s\n' "$value"
}

# flag_is_on NAME DEFAULT ARGUMENT…: succeeds if a boolean flag is on. Its value is never an argument of its own.
flag_is_on() {
    local name=$1 value=$2
    shift 2
    local argument
    for argument in "$@"; do
        case $argument in
        -"$name"=* | --"$name"=*) value=${argument#*=} ;;
        -"$name" | --"$name") value=true ;;
        esac
    done
    case $value in 1 | t | T | true | TRUE | True) return 0 ;; *) return 1 ;; esac
}

# describe_relay ARGUMENT…: prints where clients find the relay that these arguments start, and how to try it.
describe_relay() {
    local address http stun directory tls=yes
    address=$(flag_value a 127.0.0.1:3443 "$@")
    http=$(flag_value http-port 3480 "$@")
    stun=$(flag_value stun-port 3478 "$@")
    directory=$(flag_value certdir .derp-dev "$@")
    [ "$(flag_value certmode self-signed "$@")" != none ] || tls=
    if flag_is_on dev false "$@"; then
        address=127.0.0.1:3340
        tls=
    fi
    local host=${address%:*} scheme=https map
    local shown=${host:-127.0.0.1}
    case $shown in 0.0.0.0) shown=127.0.0.1 ;; '[::]') shown='[::1]' ;; esac
    [ -n "$tls" ] || scheme=http

    echo
    case $host in
    127.* | '[::1]' | localhost) echo "Starting a development relay on this machine only:" ;;
    *) echo "Starting a development relay that other machines can reach:" ;;
    esac
    map=$scheme://$shown:${address##*:}/derpmap/default
    printf '  %-14s %-18s map  %s\n' "DERP${tls:+ over TLS}" "$address" "$map"
    if [ -n "$tls" ] && [ "$http" != -1 ]; then
        map=http://$shown:$http/derpmap/default
        printf '  %-14s %-18s map  %s\n' "plain HTTP" "${host}:$http" "$map"
    fi
    if flag_is_on stun true "$@"; then printf '  %-14s %s\n' STUN "${host}:$stun"; fi
    [ -z "$tls" ] || echo "The relay keeps its key in $(flag_value c .derp-dev/derper.key "$@") and its certificate in $directory/"
    # The default of scripts/tailcat.
    local variable=
    [ "$map" = http://127.0.0.1:3480/derpmap/default ] || variable="  export TAILCAT_DERPMAP_URL=$map"$'\n\n'
    cat <<TEXT

To see a real Tailscale client use the relay, type in two other terminals:

${variable}  one:  TAILCAT_ADDR_FILE=/tmp/address scripts/tailcat --key=new > received
  two:  scripts/tailcat --key=new "\$(cat /tmp/address)" < README.md

Ctrl-C stops the relay.

TEXT
    case $map in https:*) printf 'Only clients that trust the certificate can fetch the map. For tailcat, leave -http-port on.\n\n' ;; esac
}
