#!/usr/bin/env bash
# Builds the core and runs the Android shell's tests: test.sh TARGET_FOLDER [MAVEN ARGUMENTS...]
#
# Installs Java and Maven where that may be done (root on Debian), else says what is missing. Maven keeps what it fetches in ~/.m2.
set -euo pipefail
cd "$(dirname "$0")/../.."
target="$(realpath -m "${1:-${CARGO_TARGET_DIR:-target}}")"
shift || true

# need COMMAND PACKAGE: makes sure that a command is there.
need() {
    command -v "$1" >/dev/null 2>&1 && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends "$2" >/dev/null && return 0
    fi
    echo "$1 is missing: install the package $2 (apt-get install $2) and run again"
    exit 1
}
need javac openjdk-17-jdk-headless
need mvn maven

cargo build --locked --quiet --workspace --features xunge-bindings/bindgen --lib --bins
cd android
reports=target/surefire-reports
rm -rf "$reports"
status=0
mvn -B -q -Drust.target="$target" "${@:-test}" || status=$?

if ls "$reports"/TEST-*.xml >/dev/null 2>&1; then
    all=$(sed -nE 's/.*<testsuite .* tests="([0-9]+)".*/\1/p' "$reports"/TEST-*.xml | awk '{n += $1} END {print n + 0}')
    bad=$(sed -nE 's/.*<testsuite .* errors="([0-9]+)".* failures="([0-9]+)".*/\1 \2/p' "$reports"/TEST-*.xml | awk '{n += $1 + $2} END {print n + 0}')
    echo "android: $((all - bad)) passed, $bad failed"
fi
exit "$status"
