#!/usr/bin/env bash
# Builds the Debian 13 root in which Swift's compiler and the arm64 tests live: build.sh swift|arm64; prints its folder.
#
# Debian 12 has no Swift and no source of Rust's library; a folder with Debian 13 in it has both and leaves the machine as it is.
# It is kept outside the clone, under a name that changes with this recipe, and is made anew where it is missing or unfinished.
# Needs root (mount namespaces, chroot) and Debian's mmdebstrap; says so where something is missing.
set -euo pipefail
stage="${1:?build.sh swift|arm64}"
version=1
suite=trixie
cache="${XDG_CACHE_HOME:-$HOME/.cache}/xunge"
root="$cache/$suite-$version"

fail() { echo "$*" >&2; exit 1; }

# What is ready is told at once.
if [ -e "$root/.$stage-ready" ]; then
    echo "$root"
    exit 0
fi
[ "$(id -u)" = 0 ] || fail "root is needed: the tests of the iOS shell and of arm64 run in a Debian 13 folder (chroot)"
command -v apt-get >/dev/null || fail "apt-get is needed: the Debian 13 folder is filled from the machine's own Debian mirror"
if ! command -v mmdebstrap >/dev/null; then
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends mmdebstrap; } >&2 || fail "mmdebstrap is missing"
fi

# The mirror is the one that apt already uses for Debian itself.
mirror=$(apt-get indextargets --format '$(CREATED_BY) $(ORIGIN) $(LABEL) $(REPO_URI)' |
    awk '$1 == "Packages" && $2 == "Debian" && $3 == "Debian" {print $4; exit}')
[ -n "$mirror" ] || fail "no Debian mirror is configured in apt"

mkdir -p "$cache"
exec 9>"$cache/$suite.lock"
flock 9

# What no test uses: debuggers, static and embedded libraries, other systems' parts, manuals. Halves the folder.
swift=/usr/libexec/swift
excluded=("$swift/lib/swift_static/*" "$swift/bin/lldb*" "$swift/lib/liblldb*" "$swift/bin/clangd" "$swift/lib/swift/embedded/*"
    "$swift/bin/sourcekit-lsp" "$swift/lib/libsourcekitd*" "$swift/bin/docc" "/usr/share/doc/*" "/usr/share/man/*"
    "/usr/share/locale/*" "/usr/lib/rustlib/etc/*")

build_swift() {
    local new="$root.new" options=() path
    for path in "${excluded[@]}"; do options+=("--dpkgopt=path-exclude=$path"); done
    rm -rf "$new" "$root"
    # Older folders of this recipe are of no use to anybody.
    find "$cache" -maxdepth 1 -name "$suite-*" ! -name "$suite-$version" -exec rm -rf {} +
    mmdebstrap --quiet --variant=apt --include=swiftlang,libc6-dev,ca-certificates --aptopt='APT::Install-Recommends "0"' \
        --dpkgopt=force-unsafe-io \
        "${options[@]}" "$suite" "$new" "$mirror" >&2
    rm -rf "$new"/var/cache/apt/archives/*.deb "$new"/var/cache/apt/*.bin
    touch "$new/.swift-ready"
    mv "$new" "$root"
}

build_arm64() {
    echo "deb $mirror $suite-backports main" > "$root/etc/apt/sources.list.d/backports.list"
    "$(dirname "$0")/enter.sh" "$root" / sh -euc '
        export DEBIAN_FRONTEND=noninteractive
        dpkg --add-architecture arm64
        apt-get -qq update
        apt-get -qq -y --no-install-recommends install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
        apt-get -qq -y --no-install-recommends -t "'"$suite"'-backports" install rustc cargo rust-src
        # Rust own library for arm64 is a folder of archives: unpacked, so that no second C library comes with it.
        cd /tmp && apt-get -qq -t "'"$suite"'-backports" download libstd-rust-dev:arm64
        dpkg-deb -x libstd-rust-dev_*_arm64.deb / && rm -f libstd-rust-dev_*_arm64.deb
        apt-get clean
    ' >&2
    touch "$root/.arm64-ready"
}

[ -e "$root/.swift-ready" ] || build_swift
if [ "$stage" = arm64 ] && [ ! -e "$root/.arm64-ready" ]; then build_arm64; fi
echo "$root"
