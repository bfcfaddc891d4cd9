#!/usr/bin/env bash
# The console in a real browser: run.sh TARGET [WORD]. WORD picks the claims whose name contains it.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="$(realpath "$1")"
cargo build --locked --workspace --features xunge-bindings/bindgen --lib --bins
cd tests/console
npm ci --no-audit --no-fund --loglevel=error
CARGO_TARGET_DIR="$target" node test.mjs ${2:+"$2"}
