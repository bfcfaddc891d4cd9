#!/bin/sh
# Stands for a C compiler and an archiver where Rust alone is type-checked: what it is asked to write is written empty, and it says that all
# is well. No C is compiled by it, so nothing is proved of C.
case "${1:-}" in
    c* | q* | s*) shift && : >> "$1" ;;
    *)
        while [ $# -gt 0 ]; do
            if [ "$1" = -o ]; then : > "$2"; fi
            shift
        done
        # What the build scripts ask a compiler for its kind.
        echo clang
        ;;
esac
