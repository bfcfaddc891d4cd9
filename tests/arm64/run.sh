#!/usr/bin/env bash
# The core on other processors and systems: run.sh [TARGET_FOLDER]
#
# Runs the core's tests as arm64 programs under qemu, SQLite's C included, in the Debian 13 root that has a cross compiler and Rust's library
# for arm64; then type-checks core and bindings for arm64 Android and iOS, Rust's library compiled from its source, but for the C in them,
# which wants the headers of those systems. Prints its counts. What this proves and what not is in README.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="${1:-${CARGO_TARGET_DIR:-target}}"
mkdir -p "$target/arm64"
target="$(cd "$target" && pwd)"
home="${CARGO_HOME:-$HOME/.cargo}"
root="$(tests/chroot/build.sh arm64)"
cargo fetch --locked --quiet
# What Rust's own library is made of, fetched outside the folder, where cargo's own configuration says how to reach the registry.
RUSTC_BOOTSTRAP=1 cargo fetch --locked --quiet --manifest-path "$(echo "$root"/usr/src/rustc-*/library/Cargo.toml)"

inside() {
    XUNGE_BIND="$target" tests/chroot/enter.sh "$root" "$PWD" env CARGO_HOME="$home" CARGO_TARGET_DIR="$target/arm64" \
        CARGO_INCREMENTAL=0 PROPTEST_CASES=24 CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
        CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu" \
        CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc AR_aarch64_unknown_linux_gnu=aarch64-linux-gnu-ar "$@"
}

# What handles bytes, C and arithmetic; rules that hold on every processor alike are left to the host. The crates below are optimised less
# than on the host, since here they are compiled more than they run.
parts=(id:: time:: place:: grid:: code:: coverage:: patrol:: document:: signature seal sync:: store:: attachment:: draft:: hint:: initials::)
run_tests() {
    inside cargo test --offline --locked --quiet --target aarch64-unknown-linux-gnu --config 'profile.dev.package."*".opt-level=1' \
        --config 'profile.dev.debug=false' -p xunge-core --no-default-features --features device "$@"
}
# Mutations of changes by the thousand say nothing of a processor and take minutes when every instruction is translated.
run_tests --lib -- "${parts[@]}" --skip gate::mutation --skip among_1434_grids
run_tests --test device -- capture patrol store

# The bindings, and with them all of the core, for the phones' own systems; Rust's library is compiled from its source. SQLite's and ring's C
# want the headers of those systems, so no C is compiled: a stand-in says that it was.
passed=0
none="$PWD/tests/arm64/no-c.sh"
check() {
    echo "checking core and bindings for $1"
    inside env RUSTC_BOOTSTRAP=1 "CC_${1//-/_}=$none" "AR_${1//-/_}=$none" SDKROOT=/usr IPHONEOS_DEPLOYMENT_TARGET=17.0 \
        cargo check --offline --locked --quiet -Zbuild-std=std,panic_unwind --target "$1" \
        --config 'profile.dev.debug=false' -p xunge-bindings
    passed=$((passed + 1))
}
check aarch64-linux-android
check aarch64-apple-ios
echo "type checks: $passed passed, 0 failed"
