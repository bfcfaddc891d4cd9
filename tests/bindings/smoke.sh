#!/usr/bin/env bash
# Generates the bindings and walks the whole journey from Python against a real server: smoke.sh TARGET_FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${1:-${CARGO_TARGET_DIR:-target}}"
cargo build --locked --quiet --workspace --features xunge-bindings/bindgen --lib --bins
tests/bindings/generate.sh "$target/debug" "$target/bindings"
PYTHONPATH="$target/bindings/python" python3 tests/bindings/smoke.py "$target/debug"
