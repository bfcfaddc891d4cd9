#!/usr/bin/env bash
# What the programs are made of, as CycloneDX: sbom.sh FOLDER. One file for the crates of each program, one for the console's scripts,
# one for the Android app's libraries and tools.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p "$1"
folder=$(realpath "$1")
version=0.5.9
tools="${XDG_CACHE_HOME:-$HOME/.cache}/xunge/tools"
if ! "$tools/bin/cargo-cyclonedx" cyclonedx --version 2>/dev/null | grep -F "$version" >/dev/null; then
    build=$(mktemp -d)
    trap 'rm -rf "$build"' EXIT
    CARGO_TARGET_DIR="$build" CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 \
        cargo install --quiet --debug --locked --root "$tools" "cargo-cyclonedx@$version"
fi
"$tools/bin/cargo-cyclonedx" cyclonedx --format json --override-filename sbom
for crate in sync-server bindings; do
    mv "$crate/sbom.json" "$folder/xunge-$crate.json"
done
find core tests -name sbom.json -delete
(cd sync-server/console-assets && npm sbom --sbom-format cyclonedx --package-lock-only) >"$folder/console-scripts.json"
mvn --quiet --batch-mode --file android/pom.xml org.cyclonedx:cyclonedx-maven-plugin:2.9.1:makeBom \
    -DoutputFormat=json -DoutputDirectory="$folder" -DoutputName=android -DincludeTestScope=false
ls -l "$folder"
