#!/usr/bin/env bash
# Builds the core for iPhones and the simulator and puts both into generated/XungeCoreFFI.xcframework, beside the generated Swift.
# For a Mac with Xcode and rustup. NOT RUN BY ANYBODY YET: it was written on a machine without either.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(uname -s)" = Darwin ] || { echo "this needs a Mac with Xcode; on Linux, make test-ios does what can be done there"; exit 1; }
triples=(aarch64-apple-ios aarch64-apple-ios-sim)
rustup target add "${triples[@]}"
(
    cd ..
    export IPHONEOS_DEPLOYMENT_TARGET=17.0
    for triple in "${triples[@]}"; do
        bindings/mobile.sh build --features encrypted --target "$triple"
    done
    cargo build --locked -p xunge-bindings --features bindgen --lib --bins
)
target="$(cd "${CARGO_TARGET_DIR:-../target}" && pwd)"
scripts/generate.sh "$target/debug" generated
rm -rf generated/XungeCoreFFI.xcframework
libraries=()
for triple in "${triples[@]}"; do
    libraries+=(-library "$target/$triple/mobile/libxunge_bindings.a" -headers generated/XungeCoreFFI)
done
xcodebuild -create-xcframework "${libraries[@]}" -output generated/XungeCoreFFI.xcframework
echo "generated/XungeCoreFFI.xcframework is there; now: xcodegen generate && open Xunge.xcodeproj"
