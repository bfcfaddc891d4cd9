#!/usr/bin/env bash
# What Maven has no plugin for: the Kotlin side of the bindings, R.java, the linked resources, and where the tests find them.
#
# Called by the pom with BUILD (Maven's build folder), FRAMEWORK (the framework's jar) and RUST_TARGET (cargo's target folder).
set -euo pipefail
here="$(cd "$(dirname "$0")/.." && pwd)"
main="$here/src/main"
mkdir -p "$BUILD/gen/java" "$BUILD/gen/kotlin" "$BUILD/res" "$BUILD/test-classes/com/android/tools"

# Android has the JDK's cleaner from API 33 on only, so this copy of the bindings does without.
(cd "$here/.." && "$RUST_TARGET/debug/uniffi-bindgen" generate "$RUST_TARGET/debug/libxunge_bindings.so" --language kotlin \
    --out-dir "$BUILD/gen/fresh" --no-format --config "$here/tools/bindings.toml")
# What has not changed keeps its age, so that it need not be compiled again.
renew() { cmp -s "$1" "$2" || { mkdir -p "$(dirname "$2")" && cp "$1" "$2"; }; }
renew "$BUILD/gen/fresh/xunge/core/xunge_bindings.kt" "$BUILD/gen/kotlin/xunge/core/xunge_bindings.kt"

aapt2="$BUILD/apktool/prebuilt/linux/aapt2"
chmod +x "$aapt2"
"$aapt2" compile --dir "$main/res" -o "$BUILD/res/res.zip"
"$aapt2" link -I "$FRAMEWORK" --manifest "$main/AndroidManifest.xml" --java "$BUILD/gen/fresh" --min-sdk-version 26 \
    --target-sdk-version 35 -o "$BUILD/res/res.apk" "$BUILD/res/res.zip"

renew "$BUILD/gen/fresh/cn/xunge/app/R.java" "$BUILD/gen/java/cn/xunge/app/R.java"

cat > "$BUILD/test-classes/com/android/tools/test_config.properties" <<PLACES
android_custom_package=cn.xunge.app
android_merged_manifest=$main/AndroidManifest.xml
android_resource_apk=$BUILD/res/res.apk
PLACES
