#!/usr/bin/env bash
# Writes what the package is built of and nobody commits: the Swift side of the bindings from a built library, and the names of all texts:
# generate.sh BUILD_FOLDER OUT_FOLDER
set -euo pipefail
build="$(cd "$1" && pwd)"
mkdir -p "$2"
out="$(cd "$2" && pwd)"
cd "$(dirname "$0")/../.."
case "$(uname -s)" in Darwin) library="$build/libxunge_bindings.dylib" ;; *) library="$build/libxunge_bindings.so" ;; esac
python3 ios/scripts/strings.py --keys
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
"$build/uniffi-bindgen" generate "$library" --language swift --out-dir "$fresh" --no-format
mkdir -p "$out/XungeCore" "$out/XungeCoreFFI"
# Files that stay the same keep their times, so that nothing compiles twice.
place() { cmp -s "$1" "$2" || cp "$1" "$2"; }
place "$fresh/XungeCore.swift" "$out/XungeCore/XungeCore.swift"
place "$fresh/XungeCoreFFI.h" "$out/XungeCoreFFI/XungeCoreFFI.h"
place "$fresh/XungeCoreFFI.modulemap" "$out/XungeCoreFFI/module.modulemap"
