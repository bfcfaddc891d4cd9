#!/usr/bin/env bash
# Runs a command of Swift's in the Debian 13 root, from this package's folder: swift.sh swift build
set -euo pipefail
cd "$(dirname "$0")/.."
target="$(cd "${CARGO_TARGET_DIR:-../target}" && pwd)"
root="$(../tests/chroot/build.sh swift)"
XUNGE_BIND="$target" exec ../tests/chroot/enter.sh "$root" "$PWD" env CORE_LIBRARY="${CORE_LIBRARY:-$target/debug}" "$@"
