#!/usr/bin/env bash
# Type-checks the whole app in Swift 6 mode, the phone's own half included, against stand-ins for Apple's frameworks: check-platform.sh BUILD
# BUILD is the folder in which the package was built. Runs inside the Debian 13 root.
set -euo pipefail
cd "$(dirname "$0")/.."
build="$1" out="$1/apple"
mkdir -p "$out"
modules="$build/debug/Modules"
[ -d "$modules" ] || modules="$build/debug"
for module in CoreMedia CoreLocation UIKit AVFoundation Security BackgroundTasks Network UserNotifications OSLog; do
    source="StandIn/Apple/$module.swift"
    [ "$out/$module.swiftmodule" -nt "$source" ] && continue
    swiftc -swift-version 5 -suppress-warnings -parse-as-library -emit-module -module-name "$module" -I "$out" \
        -emit-module-path "$out/$module.swiftmodule" "$source"
done
# shellcheck disable=SC2046  # one word a file; none of them has a space
swiftc -typecheck -swift-version 6 -parse-as-library -module-name Xunge -I "$out" -I "$modules" \
    -Xcc "-fmodule-map-file=$PWD/generated/XungeCoreFFI/module.modulemap" \
    $(find Xunge -name '*.swift') StandIn/Apple/OnPhones.swift
