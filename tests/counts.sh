#!/usr/bin/env bash
# Counts the instructions of a push, an idle sync, a page and a coverage update under callgrind, and fails where one needs a tenth more than
# tests/counts.txt says. `tests/counts.sh --write` writes that file anew: after a rise that is wanted, with the reason in the commit.
set -euo pipefail
cd "$(dirname "$0")/.."
target="${CARGO_TARGET_DIR:-target}"
kept=tests/counts.txt
if ! command -v valgrind >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq >&2
        apt-get install -y -qq --no-install-recommends valgrind libc6-dbg >&2
    else
        echo "valgrind is missing: install the package valgrind (apt-get install valgrind libc6-dbg) and run again" >&2
        exit 1
    fi
fi
cargo build --locked --release -p xunge-tests --bin xunge-counts
program="$target/release/xunge-counts"
found=$(mktemp)
trap 'rm -f "$found"' EXIT
for kind in $("$program"); do
    said=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --collect-atstart=no \
        --toggle-collect='*bench::counts::counted*' "$program" "$kind" 2>&1) || { echo "$said" >&2; exit 1; }
    count=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' <<<"$said")
    [ "${count:-0}" -gt 0 ] || { echo "nothing was counted of $kind: $said" >&2; exit 1; }
    echo "$kind $count" >>"$found"
done
# The first run on a machine without the file has nothing to compare with, and says what it would write.
if [ "${1:-}" != --write ] && [ ! -e "$kept" ]; then
    cat "$found"
    echo "there is no $kept yet: tests/counts.sh --write makes it" >&2
    exit 1
fi
if [ "${1:-}" = --write ]; then
    cp "$found" "$kept"
fi
awk 'NR == FNR { before[$1] = $2; next }
     { rise = 100 * ($2 / before[$1] - 1); verdict = rise > 10 ? "ROSE" : "holds"; bad += rise > 10 || !before[$1]
       printf "%-22s %14d instructions, %14d before: %+6.1f %%  %s\n", $1, $2, before[$1], rise, verdict }
     END { exit bad > 0 }' "$kept" "$found"
