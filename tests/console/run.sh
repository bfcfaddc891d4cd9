#!/usr/bin/env bash
# The console in a real browser: run.sh TARGET [WORD]. WORD picks the claims whose name contains it.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="$(realpath "$1")"
cargo build --locked -p xunge-server -p xunge-tests --bin xunge-server --bin xunge-stage --bin xunge-phone
cd tests/console
npm ci --no-audit --no-fund --loglevel=error
CARGO_TARGET_DIR="$target" node test.mjs ${2:+"$2"}
