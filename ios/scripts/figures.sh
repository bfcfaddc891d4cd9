#!/usr/bin/env bash
# What calls through the bindings cost from Swift, on the library as it ships: figures.sh TARGET_FOLDER REPORTS. The library stands in
# TARGET_FOLDER/mobile, the generator and the stage in TARGET_FOLDER/debug. Needs root (for the Debian 13 root).
set -euo pipefail
cd "$(dirname "$0")/.."
target="$(cd "$1" && pwd)"
export CARGO_TARGET_DIR="$target" CORE_LIBRARY="$target/mobile"
"$target/debug/xunge-stage" --seed-phone "$2" "$target/figures-phone" >"$target/figures-phone.json"
scripts/generate.sh "$target/debug" generated
scripts/swift.sh swift build -c release --product figures --scratch-path "$target/swift-release"
exec scripts/swift.sh "$target/swift-release/release/figures" "$target/figures-phone.json"
