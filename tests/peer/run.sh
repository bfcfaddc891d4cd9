#!/usr/bin/env bash
# Runs the bench's part `peer`: run.sh PROGRAM. What it is measured beside comes from npm, by the lock file; Node from Debian, where it is
# missing and may be installed.
set -euo pipefail
program="$(realpath "$1")"
cd "$(dirname "$0")"
for tool in node npm; do
    command -v "$tool" >/dev/null && continue
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends nodejs npm; } >&2
    else
        echo "$tool is missing: install the packages nodejs and npm (apt-get install nodejs npm) and run again" >&2
        exit 1
    fi
done
npm ci --no-audit --no-fund --loglevel=error >&2
cd ../..
XUNGE_TEST_PEER="$PWD/tests/peer/peer.mjs" "$program" peer
