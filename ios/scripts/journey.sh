#!/usr/bin/env bash
# Walks the bindings' journey from Swift: journey.sh TARGET_FOLDER SEEDED.json. Core, server and stage stand in TARGET_FOLDER already.
# Needs root (for the Debian 13 root).
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="$1"
scripts/generate.sh "$1/debug" generated
scripts/swift.sh swift build --product journey --scratch-path "$1/swift" >"$1/swift-journey.log" 2>&1 || {
    grep -E 'error|warning' "$1/swift-journey.log" | head -40
    echo "swift: 0 passed, 1 failed: the journey does not compile"
    exit 1
}
# Nothing on the way waits for long: minutes mean that it hangs.
exec scripts/swift.sh timeout -s KILL 300 "$1/swift/debug/journey" "$1/debug" "$2" "$PWD/../tests/bindings/journey.txt"
