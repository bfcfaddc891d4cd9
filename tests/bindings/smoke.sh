#!/usr/bin/env bash
# Generates the bindings, compares their surface, and walks the journey of journey.txt from each language against a real server:
# smoke.sh [TARGET_FOLDER]
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${1:-${CARGO_TARGET_DIR:-target}}"
cargo build --locked --quiet --workspace --features xunge-bindings/bindgen --lib --bins
target="$(cd "$target" && pwd)"
tests/bindings/generate.sh "$target/debug" "$target/bindings"
# One phone with a long list for all: they only read it.
seeded="$target/bindings/seeded.json"
"$target/debug/xunge-stage" --seed-phone 100000 "$target/bindings/seeded" >"$seeded"
export PYTHONDONTWRITEBYTECODE=1
# A surface that was changed on purpose is written anew: surface.py target/bindings --write
python3 tests/bindings/surface.py "$target/bindings"
status=0
PYTHONPATH="$target/bindings/python" RUST_BACKTRACE=0 python3 tests/bindings/smoke.py "$target/debug" "$seeded" || status=1
RUST_BACKTRACE=0 mvn -B -q -f tests/bindings/kotlin/pom.xml process-classes -Dbuild="$target/debug" -Dbindings="$target/bindings/kotlin" \
    -Dseeded="$seeded" || status=1
# Swift's compiler lives in a Debian 13 folder, which only root can fill and enter.
if [ "$(id -u)" = 0 ] || [ "${CI:-}" = true ]; then
    ios/scripts/journey.sh "$target" "$seeded" || status=1
else
    echo "the Swift journey is walked in a Debian 13 folder: run this as root on Debian"
fi
exit "$status"
