#!/usr/bin/env bash
# The Rust library for phones, small and with SQLCipher, by cargo ndk where an NDK is: native.sh OUT_FOLDER (which gets arm64-v8a/,
# armeabi-v7a/, x86_64/).
#
# Nobody has run it in CI, which has no NDK. `make apk NATIVE=folder` takes what it makes.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v cargo-ndk >/dev/null || { echo "cargo-ndk is missing: cargo install cargo-ndk, and set ANDROID_NDK_HOME"; exit 1; }
mkdir -p "$1"
MOBILE_CARGO="cargo ndk --platform 26 --target arm64-v8a --target armeabi-v7a --target x86_64 --output-dir $(realpath "$1")" \
    bindings/mobile.sh build --features encrypted
