#!/usr/bin/env bash
# Makes the console's map with npm, from the lock file. Node is installed where that may be done (root on Debian); where it cannot be,
# this says how, and the server is built without the map: its pages tell the same in tables. In CI the map must be there.
set -euo pipefail
cd "$(dirname "$0")"

# Nothing to do where the built file is newer than everything that it is made of.
made=dist/draw.js
if [ -f "$made" ] && [ -z "$(find src package-lock.json build.mjs tsconfig.json -newer "$made" -print -quit)" ]; then
    exit 0
fi

need() {
    command -v "$1" >/dev/null 2>&1 && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get update -qq && apt-get install -y -qq --no-install-recommends "$2" >/dev/null && return 0
    fi
    return 1
}

without() {
    echo "The console's map is not built: $1." >&2
    echo "Its pages work without it. To have it: apt-get install nodejs npm (Node 18 or newer), then make assets." >&2
    if [ "${CI:-}" = true ]; then exit 1; fi
    exit 0
}

need node nodejs || without "Node is missing"
need npm npm || without "npm is missing"
npm ci --no-audit --no-fund --loglevel=error || without "npm could not fetch what the lock file names"
npm run --silent build
touch "$made"
