#!/usr/bin/env bash
# Holds every crate of the lock file against deny.toml: licences, bans, sources. Nothing is asked of the network but cargo-deny itself,
# which is built once into a folder outside the clone (about a minute of processor time) and found there the next time.
set -euo pipefail
cd "$(dirname "$0")/.."
version=0.20.2
tools="${XDG_CACHE_HOME:-$HOME/.cache}/xunge/tools"
if [ "$("$tools/bin/cargo-deny" --version 2>/dev/null)" != "cargo-deny $version" ]; then
    build=$(mktemp -d)
    trap 'rm -rf "$build"' EXIT
    CARGO_TARGET_DIR="$build" CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 \
        cargo install --quiet --debug --locked --no-default-features --root "$tools" "cargo-deny@$version"
fi
cargo fetch --locked --quiet
"$tools/bin/cargo-deny" --offline --locked check --hide-inclusion-graph licenses bans sources
