#!/usr/bin/env bash
# Runs a command inside the Debian 13 root: enter.sh ROOT WORK_FOLDER COMMAND...
#
# This clone, cargo's downloads and the folders named in XUNGE_BIND (separated by colons) are seen under their own paths. They and /proc are
# mounted in a private namespace, so nothing is left to unmount, whatever way the command ends. Swift's programs need /proc to find their libraries.
set -euo pipefail
root="$1" folder="$2"
shift 2
clone="$(cd "$(dirname "$0")/../.." && pwd)"
export XUNGE_ROOT="$root" XUNGE_FOLDER="$folder"
export XUNGE_BINDS="$clone:${CARGO_HOME:-$HOME/.cargo}${XUNGE_BIND:+:$XUNGE_BIND}"
exec unshare --mount --propagation private -- bash -euc '
    mount -t proc proc "$XUNGE_ROOT/proc"
    mount --rbind /dev "$XUNGE_ROOT/dev"
    cp -L /etc/resolv.conf "$XUNGE_ROOT/etc/resolv.conf" 2>/dev/null || true
    IFS=:
    for path in $XUNGE_BINDS; do
        [ -d "$path" ] || continue
        mkdir -p "$XUNGE_ROOT$path"
        mount --bind "$path" "$XUNGE_ROOT$path"
    done
    keep="PATH=/usr/bin:/bin:/usr/sbin:/sbin:/usr/libexec/swift/bin HOME=/root LANG=C.UTF-8"
    IFS=" "
    exec chroot "$XUNGE_ROOT" env -i $keep sh -c "cd \"\$0\" && exec \"\$@\"" "$XUNGE_FOLDER" "$@"
' bash "$@"
