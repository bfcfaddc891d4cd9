#!/usr/bin/env bash
# Runs a command beside a PostgreSQL cluster of its own: `tests/postgres.sh cargo test …`. The cluster lies in a temporary folder, listens
# on a socket there and, for TLS, on loopback, belongs to an unprivileged user, and is gone afterwards. XUNGE_TEST_DATABASE names it.
#
# fsync is off: these tests ask whether rows are right, not whether a power cut keeps them. PostgreSQL comes from Debian's package, which
# root gets installed here; anybody else is told how to get it.
set -euo pipefail

# Debian's tools are outside PATH, by version.
find_tools() {
    local folder
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) $(dirname "$(command -v initdb || echo /none/initdb)"); do
        if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ] && [ -x "$folder/postgres" ]; then
            echo "$folder"
            return 0
        fi
    done
    return 1
}

if ! tools=$(find_tools); then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get update -qq >&2
        # Its own cluster, which the package would start, is not wanted.
        mkdir -p /etc/postgresql-common
        [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >&2
    fi
    if ! tools=$(find_tools); then
        echo "PostgreSQL is missing: install the package postgresql, 15 or later (apt-get install postgresql), and run again" >&2
        exit 1
    fi
fi

for tool in openssl python3; do
    command -v "$tool" >/dev/null && continue
    [ "$(id -u)" = 0 ] && apt-get install -y -qq --no-install-recommends "$tool" >&2 && continue
    echo "$tool is missing: install the package $tool (apt-get install $tool) and run again" >&2
    exit 1
done

# A free port of loopback, for TLS: sockets are not encrypted.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
folder=$(mktemp -d /tmp/xunge-pg.XXXXXX)
as=()
if [ "$(id -u)" = 0 ]; then
    # The server refuses to run as root.
    id postgres >/dev/null 2>&1 || useradd --system --no-create-home postgres
    chown postgres "$folder"
    as=(setpriv --reuid=postgres --regid="$(id -g postgres)" --clear-groups --)
fi
chmod 755 "$folder"

end() {
    "${as[@]}" "$tools/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap end EXIT
trap 'exit 130' INT TERM

cd "$folder"
# A certificate of its own, and another that has signed nothing, for the tests of TLS.
{
    new=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
    for root in root other; do
        openssl req -x509 "${new[@]}" -keyout $root.key -out $root.crt -subj "/CN=xunge test $root" -days 2
    done
    openssl req "${new[@]}" -keyout server.key -out server.csr -subj /CN=localhost
    printf 'subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' >server.ext
    openssl x509 -req -in server.csr -CA root.crt -CAkey root.key -CAcreateserial -days 2 -out server.crt -extfile server.ext
    chmod 600 server.key
    if [ "$(id -u)" = 0 ]; then chown postgres server.key; fi
} >"$folder.log" 2>&1 || { cat "$folder.log" >&2; exit 1; }
"${as[@]}" "$tools/initdb" -D "$folder/data" -U xunge --auth=trust --encoding=UTF8 --locale=C -N >"$folder.log" 2>&1 ||
    { cat "$folder.log" >&2; exit 1; }
rm -f "$folder.log"
"${as[@]}" "$tools/pg_ctl" -D "$folder/data" -w -l "$folder/data/server.log" -o "-c listen_addresses=127.0.0.1 -c port=$port \
    -c ssl=on -c ssl_cert_file=$folder/server.crt -c ssl_key_file=$folder/server.key \
    -c unix_socket_directories='$folder' -c unix_socket_permissions=0777 -c fsync=${XUNGE_TEST_FSYNC:-off} \
    -c full_page_writes=${XUNGE_TEST_FSYNC:-off} -c max_connections=300 -c shared_buffers=64MB -c max_wal_size=512MB" \
    start >/dev/null || { cat "$folder/data/server.log" >&2; exit 1; }
cd - >/dev/null

export XUNGE_TEST_DATABASE="postgres://xunge@/postgres?host=$folder&port=$port"
export XUNGE_TEST_DATABASE_TLS="postgres://xunge@127.0.0.1:$port/postgres?sslmode=verify-full"
export XUNGE_TEST_DATABASE_FOLDER="$folder" XUNGE_TEST_DATABASE_TOOLS="$tools"
"$@"
