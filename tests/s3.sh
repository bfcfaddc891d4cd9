#!/usr/bin/env bash
# Runs a command beside a server of its own that speaks S3 (moto, from PyPI): `tests/s3.sh cargo test …`. It listens on a free port of
# loopback, keeps everything in memory and is gone afterwards. XUNGE_TEST_S3 names it; its bucket is `xunge`.
#
# The environment of Python is made once, below the target folder.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
venv="${CARGO_TARGET_DIR:-$here/target}/s3-venv"
if ! cmp -s "$here/tests/s3/requirements.txt" "$venv/installed.txt"; then
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            { apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; } >&2
        else
            echo "Python's venv is missing: install the package python3-venv (apt-get install python3-venv) and run again" >&2
            exit 1
        fi
    fi
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/tests/s3/requirements.txt" || {
        echo "the S3 server could not be fetched: pip needs a way to PyPI or to a mirror (PIP_INDEX_URL)" >&2
        exit 1
    }
    cp "$here/tests/s3/requirements.txt" "$venv/installed.txt"
fi

ready=$(mktemp)
"$venv/bin/python" "$here/tests/s3/serve.py" "$ready" >/dev/null 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -f "$ready"' EXIT
trap 'exit 130' INT TERM
until [ -s "$ready" ]; do
    kill -0 "$server" 2>/dev/null || { echo "the S3 server ended at its start" >&2; exit 1; }
    sleep 0.1
done
XUNGE_TEST_S3=$(cat "$ready")
export XUNGE_TEST_S3
export AWS_ACCESS_KEY_ID=xunge AWS_SECRET_ACCESS_KEY=for-tests-alone AWS_REGION=us-east-1
"$@"
