#!/usr/bin/env bash
# Every test of the project, part by part, with minutes and counts; what `make test` and CI run.
#
# A part that needs a tool installs it where it may (root on Debian), else says how to get it. In CI nothing may be skipped.
set -uo pipefail
cd "$(dirname "$0")/.."
target="${CARGO_TARGET_DIR:-target}"
mkdir -p "$target"
log="$target/tests.log"
: > "$log"
passed=0 failed=0 skipped=0
# A full disk fails in a hundred ways, none of which says so.
free_gb="$(df --output=avail -BG "$target" | tail -n 1 | tr -dc 0-9)"
[ -n "$(ls -A "$target/debug" 2>/dev/null)" ] || [ "$free_gb" -ge 16 ] ||
    echo "   only $free_gb GB are free where this builds ($target): a first run needs about 16"

# need COMMAND PACKAGE: makes sure that a command is there.
need() {
    command -v "$1" >/dev/null 2>&1 && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$2"; } >>"$log" 2>&1 && return 0
    fi
    echo "   $1 is missing: install the package $2 (apt-get install $2) and run again"
    return 1
}

# need_python_venv: makes sure that Python can make a virtual environment, which Debian ships apart.
need_python_venv() {
    need python3 python3 || return 1
    python3 -c 'import ensurepip, venv' 2>/dev/null && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; } >>"$log" 2>&1 && return 0
    fi
    echo "   Python's venv is missing: install the package python3-venv (apt-get install python3-venv) and run again"
    return 1
}

# need_perl: makes sure of Perl with the modules by which OpenSSL is configured; Debian's smallest Perl lacks them.
need_perl() {
    perl -MFindBin -MIPC::Cmd -MFile::Compare -e 1 2>/dev/null && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends perl; } >>"$log" 2>&1 && return 0
    fi
    echo "   Perl's modules are missing: install the package perl (apt-get install perl) and run again"
    return 1
}

# part NAME COMMAND...: runs one part, adds up its counts from the runner's closing lines, prints its minutes.
part() {
    local name="$1" start=$SECONDS out status p f
    shift
    out="$target/tests-$name.log"
    printf '== %s\n' "$name"
    "$@" >"$out" 2>&1
    status=$?
    cat "$out" >>"$log"
    p=$(grep -aoE '[0-9]+ passed' "$out" | awk '{n += $1} END {print n + 0}')
    f=$(grep -aoE '[0-9]+ failed' "$out" | awk '{n += $1} END {print n + 0}')
    if [ "$status" -ne 0 ]; then
        [ "$f" -gt 0 ] || f=1
        tail -n 80 "$out"
    elif [ "$p" -eq 0 ]; then
        echo "   $name ran no test"
        f=1
    fi
    passed=$((passed + p)) failed=$((failed + f))
    printf '   %s: %d passed, %d failed in %d.%d minutes\n' "$name" "$p" "$f" \
        $(((SECONDS - start) / 60)) $((((SECONDS - start) % 60) / 6))
}

# missing NAME: a part that could not run. In CI that is a failure.
missing() {
    if [ "${CI:-}" = true ]; then failed=$((failed + 1)); else skipped=$((skipped + 1)); fi
}

# The map is embedded while the server is compiled, so it comes first.
sync-server/console-assets/build.sh || missing assets
part rust cargo test --locked --workspace --features xunge-bindings/bindgen --no-fail-fast
# The phone's journeys once more, on a database under SQLCipher; what is built with it stays apart from everything else.
if need_perl && need make make; then
    part encrypted cargo test --locked --workspace --features xunge-bindings/bindgen,xunge-core/encrypted --no-fail-fast --test device
else
    missing encrypted
fi
# The same tests of the server on PostgreSQL, and those of several nodes. What fills a disk limits the embedded engine's own pages.
if tests/postgres.sh true && tests/s3.sh true; then
    part postgres tests/postgres.sh tests/s3.sh cargo test --locked --workspace --features xunge-bindings/bindgen \
        --no-fail-fast --test nodes --test store_conformance --test ledger --test http --test crash -- --skip disk::
else
    missing postgres
fi
if need python3 python3 && need javac openjdk-17-jdk-headless && need mvn maven; then
    part bindings tests/bindings/smoke.sh "$target"
else
    missing bindings
fi

if need_python_venv; then
    part tus tests/tus/run.sh "$target"
else
    missing tus
fi

if need node nodejs && need npm npm && need chromium chromium; then
    part console tests/console/run.sh "$target"
else
    missing console
fi

if need javac openjdk-17-jdk-headless && need mvn maven && need zip zip; then
    part android android/tools/test.sh "$target"
    if need unzip unzip && need zipalign zipalign && need apksigner apksigner && need dexdump dexdump; then
        part apk env QUICK=1 android/tools/make-apk.sh "$target"
    else
        missing apk
    fi
else
    missing android
fi

# Both live in a folder with Debian 13 in it, which only root can fill and enter.
if [ "$(id -u)" = 0 ] && need mmdebstrap mmdebstrap && need python3 python3; then
    part ios ios/scripts/test.sh "$(realpath "$target")"
    part arm64 tests/arm64/run.sh "$(realpath "$target")"
else
    echo "   the iOS shell and arm64 are tested in a Debian 13 folder: run this as root on Debian"
    missing ios
    missing arm64
fi

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
