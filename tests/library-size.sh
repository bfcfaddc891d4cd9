#!/usr/bin/env bash
# The size of the phone's library as it ships, stripped: library-size.sh TARGET_FOLDER. Above the bound without SQLCipher it fails; with
# it the size is printed beside. The libraries are put into TARGET_FOLDER/library/, what was built for them goes.
set -euo pipefail
cd "$(dirname "$0")/.."
target="$(realpath -m "${1:-${CARGO_TARGET_DIR:-target}}")"
bytes_max=8000000
mkdir -p "$target/library"
for features in "" encrypted; do
    # The shared library alone: cargo would link the static one of a hundred megabytes as well.
    bindings/mobile.sh rustc --quiet --lib --crate-type cdylib --features "$features"
    cp "$target/mobile/libxunge_bindings.so" "$target/library/${features:-plain}.so"
    printf 'library %-9s %s bytes, %s compressed\n' "${features:-plain}" "$(stat -c %s "$target/library/${features:-plain}.so")" \
        "$(gzip -9 -c "$target/library/${features:-plain}.so" | wc -c)"
done
plain="$(stat -c %s "$target/library/plain.so")"
[ "$plain" -le "$bytes_max" ] || { echo "the library without SQLCipher has more than $bytes_max bytes"; exit 1; }
