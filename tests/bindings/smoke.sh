#!/usr/bin/env bash
# Generates the bindings, compares their surface, and walks the whole journey from Python against a real server: smoke.sh TARGET_FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${1:-${CARGO_TARGET_DIR:-target}}"
cargo build --locked --quiet --workspace --features xunge-bindings/bindgen --lib --bins
tests/bindings/generate.sh "$target/debug" "$target/bindings"
export PYTHONDONTWRITEBYTECODE=1
# A surface that was changed on purpose is written anew: surface.py target/bindings/python --write
python3 tests/bindings/surface.py "$target/bindings/python"
PYTHONPATH="$target/bindings/python" RUST_BACKTRACE=0 python3 tests/bindings/smoke.py "$target/debug"
