#!/usr/bin/env bash
# Runs a command of Swift's in the Debian 13 root, from this package's folder: swift.sh swift build
set -euo pipefail
cd "$(dirname "$0")/.."
target="${CARGO_TARGET_DIR:-../target}"
target="$(cd "$target" && pwd)"
root="$(../tests/chroot/build.sh swift)"
XUNGE_BIND="$target" exec ../tests/chroot/enter.sh "$root" "$PWD" env CORE_LIBRARY="$target/debug" "$@"
