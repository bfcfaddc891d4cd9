#!/usr/bin/env bash
# A signed APK: make-apk.sh TARGET_FOLDER. NATIVE names a folder with the phone's libraries. Else something stands in for them: a
# library for Linux, built as it ships; with QUICK=1 where that was not built, a file of the most bytes that it may have.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="$(realpath -m "${1:-${CARGO_TARGET_DIR:-target}}")"
for needed in javac:openjdk-17-jdk-headless mvn:maven zip:zip unzip:unzip zipalign:zipalign apksigner:apksigner dexdump:dexdump; do
    command -v "${needed%%:*}" >/dev/null 2>&1 && continue
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "${needed##*:}" >/dev/null && continue
    fi
    echo "${needed%%:*} is missing: install the package ${needed##*:} (apt-get install ${needed##*:}) and run again"
    exit 1
done
cargo build --locked --quiet --workspace --features xunge-bindings/bindgen --lib --bins
stand_in="$target/mobile/libxunge_bindings.so"
if [ -z "${NATIVE:-}" ] && [ ! -f "$stand_in" ]; then
    if [ -n "${QUICK:-}" ]; then
        # Letters for random bytes: what cannot be packed at all would lie in the APK as it is, and no library does.
        stand_in="$target/filler.so"
        head -c 6000000 /dev/urandom | base64 -w 0 > "$stand_in"
    else
        bindings/mobile.sh rustc --quiet --lib --crate-type cdylib
    fi
fi
cd android
mvn -B -q -Papk -DskipTests -Drust.target="$target" -Dstand.in="$stand_in" package
