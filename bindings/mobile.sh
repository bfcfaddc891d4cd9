#!/usr/bin/env bash
# Cargo for the library as it ships on phones: mobile.sh COMMAND [ARGUMENTS...], for example `mobile.sh build --target …`; MOBILE_CARGO
# names another command in cargo's place. What is left out is nothing that a phone asks for: time zones outside China, which the server
# takes for no township (core/src/directory/zone.rs has the same list, a test compares them), of SQLite what no statement of the core
# uses, and frames that only C unwinds through.
set -euo pipefail
cd "$(dirname "$0")/.."
zones='Asia/Chongqing Asia/Chungking Asia/Harbin Asia/Hong_Kong Asia/Kashgar Asia/Macao Asia/Macau Asia/Shanghai Asia/Taipei Asia/Urumqi'
zones="$zones Etc/UTC Hongkong PRC ROC UTC"
export CHRONO_TZ_TIMEZONE_FILTER="^(${zones// /|})\$"
# Of SQLite: modules, then what only programs in C would call, among it the table of every function that extensions are handed.
export LIBSQLITE3_FLAGS="-USQLITE_ENABLE_FTS3 -USQLITE_ENABLE_FTS3_PARENTHESIS -USQLITE_ENABLE_FTS5 -USQLITE_ENABLE_RTREE \
-DSQLITE_OMIT_JSON -USQLITE_ENABLE_DBSTAT_VTAB -USQLITE_ENABLE_STAT4 -USQLITE_SOUNDEX -USQLITE_ENABLE_COLUMN_METADATA \
-USQLITE_ENABLE_API_ARMOR -USQLITE_ENABLE_LOAD_EXTENSION -DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_SHARED_CACHE \
-DSQLITE_OMIT_PROGRESS_CALLBACK -DSQLITE_OMIT_GET_TABLE -DSQLITE_OMIT_TCL_VARIABLE -DSQLITE_OMIT_COMPLETE -DSQLITE_OMIT_INCRBLOB \
-DSQLITE_OMIT_DECLTYPE -DSQLITE_OMIT_COMPILEOPTION_DIAGS"
export CFLAGS="${CFLAGS:-} -fno-asynchronous-unwind-tables -fno-unwind-tables"
# Places in the code are named in the library: without the builder's folders they are shorter, and the same everywhere.
for folder in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
    RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=$folder="
done
# With a pointer to each frame, how to unwind through it is said in a few bytes: 0.3 MB less of tables, and no more code.
export RUSTFLAGS="${RUSTFLAGS:-} -C force-frame-pointers=yes"
command="$1"
shift
exec ${MOBILE_CARGO:-cargo} "$command" --locked --profile mobile -p xunge-bindings "$@"
