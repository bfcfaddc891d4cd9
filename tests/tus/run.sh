#!/usr/bin/env bash
# Uploads with a stock tus client to a real server process: run.sh TARGET_FOLDER
#
# The client comes from PyPI into an environment of its own below the target folder, which is kept for the next time.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${1:-${CARGO_TARGET_DIR:-target}}"
venv="$target/tus-venv"
cargo build --locked --quiet --workspace --features xunge-bindings/bindgen --lib --bins
if ! cmp -s tests/tus/requirements.txt "$venv/installed.txt" || ! "$venv/bin/python" -c 'import tusclient' 2>/dev/null; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r tests/tus/requirements.txt || {
        echo "the stock tus client could not be fetched: pip needs a way to PyPI or to a mirror (PIP_INDEX_URL)"
        exit 1
    }
    cp tests/tus/requirements.txt "$venv/installed.txt"
fi
"$venv/bin/python" tests/tus/stock_client.py "$target/debug"
