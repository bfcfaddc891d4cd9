#!/usr/bin/env bash
# Writes the Kotlin, Swift and Python sides of the bindings from the built library: generate.sh BUILD_FOLDER OUT_FOLDER
set -euo pipefail
cd "$(dirname "$0")/../.."
build="$1" out="$2"
case "$(uname -s)" in Darwin) library="$build/libxunge_bindings.dylib" ;; *) library="$build/libxunge_bindings.so" ;; esac
for language in kotlin swift python; do
    mkdir -p "$out/$language"
    "$build/uniffi-bindgen" generate "$library" --language "$language" --out-dir "$out/$language" --no-format
done
cp "$library" "$out/python/"
echo "bindings for Kotlin, Swift and Python are in $out"
