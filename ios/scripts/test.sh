#!/usr/bin/env bash
# The iOS shell without a Mac: test.sh [TARGET_FOLDER] [FILTER]; TREES=folder writes every look of every screen there as a text
#
# Builds core and server for Linux and, in the Debian 13 root, XungeKit on the generated bindings and the screens on the stand-in for
# SwiftUI, all in Swift 6 mode; runs the tests against a real server; parses, lints and holds the words against the master. Prints its counts.
# Needs root (for the chroot) on a Debian machine; says what is missing. What this proves and what not is in README.md.
set -euo pipefail
ios="$(cd "$(dirname "$0")/.." && pwd)"
target="$(realpath -m "${1:-${CARGO_TARGET_DIR:-$ios/../target}}")"
filter="${2:-}"
mkdir -p "$target"
cd "$ios"
export CARGO_TARGET_DIR="$target"
passed=0 failed=0

# claim WHAT COMMAND...: one check of its own, counted.
claim() {
    local what="$1"
    shift
    if "$@"; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "failed: $what"
    fi
}

(cd .. && cargo build --locked --quiet --workspace --features xunge-bindings/bindgen --lib --bins)
scripts/generate.sh "$target/debug" generated

claim "the words are the master's" python3 scripts/strings.py --check
files=$(find Package.swift XungeKit Xunge StandIn Tests -name '*.swift')
# shellcheck disable=SC2086  # one word a file; none of them has a space
claim "every file parses" scripts/swift.sh swiftc -frontend -parse $files
# Names of other people's frameworks are theirs.
ours=$(echo "$files" | grep -v '^StandIn/Apple/')
# shellcheck disable=SC2086
claim "every file is formatted" scripts/swift.sh swift-format lint --strict --parallel $ours

# Linking a test's program wants a folder that is empty of other machines' paths, so each target folder has its own.
scripts/swift.sh swift build --build-tests --scratch-path "$target/swift" >"$target/swift-build.log" 2>&1 || {
    grep -E 'error|warning' "$target/swift-build.log" | head -40
    echo "0 passed, 1 failed: XungeKit does not compile"
    exit 1
}
claim "the phone's own half fits the interfaces of its system" scripts/swift.sh scripts/check-platform.sh "$target/swift"
tests="$target/swift-tests.log" drawn="$target/swift-drawn.txt"
rm -f "$drawn"
# No test of this suite waits for anything beyond loopback: minutes mean that one hangs.
scripts/swift.sh env ${TREES:+"TREES=$TREES"} DRAWN="$drawn" timeout -s KILL 300 "$target/swift/debug/XungeKitPackageTests.xctest" --testing-library swift-testing ${filter:+--filter "$filter"} \
    >"$tests" 2>&1 || echo "the tests ended with a failure"
grep -E '✘|↳' "$tests" | head -60 || true
# every_view_was_drawn: each view of the screens stood in at least one tree.
every_view_was_drawn() {
    local missing
    missing=$(comm -23 <(grep -hoP 'struct \K\w+(?=(<.*>)?: View\b)' Xunge/Screens/*.swift | sort -u) <(sort -u "$drawn"))
    [ -z "$missing" ] || echo "never drawn: $missing"
    [ -z "$missing" ]
}
[ -n "$filter" ] || claim "every view was drawn" every_view_was_drawn
passed=$((passed + $(grep -cE '^✔ Test .*passed after' "$tests" || true) - $(grep -cE '^✔ Test run' "$tests" || true)))
failed=$((failed + $(grep -cE '^✘ Test .*failed after' "$tests" || true) - $(grep -cE '^✘ Test run' "$tests" || true)))
grep -qE '^. Test run with .* (passed|failed)' "$tests" || failed=$((failed + 1))
echo "ios: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
