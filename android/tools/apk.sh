#!/usr/bin/env bash
# Classes, resources and libraries into one signed APK: apk.sh, called by the pom with BUILD, FRAMEWORK and NATIVE.
#
# NATIVE names a folder with arm64-v8a/libxunge_bindings.so and so on, as tools/native.sh makes it. Without it STAND_IN stands in for one:
# it has the size, and no phone can load it; the APK's name says so.
set -euo pipefail
here="$(cd "$(dirname "$0")/.." && pwd)"
out="$BUILD/apk"
jdk="$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")"
rm -rf "$out"
mkdir -p "$out/dex" "$out/jna" "$out/lib"

(cd "$BUILD/classes" && jar cf "$out/app.jar" .)
(cd "$out/jna" && jar xf "$BUILD"/dist/jna-*.aar)
libraries=()
for jar in "$BUILD"/lib/*.jar; do case "$jar" in */jna-*) ;; *) libraries+=("$jar") ;; esac; done
# The framework has no java.*; the JDK's own stand in for what Android has of them, which the check of the public surface has seen.
java -Xmx1500m -cp "$(ls "$BUILD"/dist/r8-*.jar)" com.android.tools.r8.D8 --release --min-api 26 --lib "$FRAMEWORK" --lib "$jdk" \
    --output "$out/dex" "$out/app.jar" "$out/jna/classes.jar" "${libraries[@]}"

stand_in=""
if [ -n "${NATIVE:-}" ]; then
    cp -r "$NATIVE"/. "$out/lib/"
else
    stand_in="-stand-in"
    mkdir -p "$out/lib/arm64-v8a"
    cp "$STAND_IN" "$out/lib/arm64-v8a/libxunge_bindings.so"
    case "$STAND_IN" in *filler*) ;; *) strip "$out/lib/arm64-v8a/libxunge_bindings.so" ;; esac
fi
for abi in "$out"/lib/*/; do cp "$out/jna/jni/$(basename "$abi")/libjnidispatch.so" "$abi"; done

cp "$BUILD/res/res.apk" "$out/unaligned.apk"
(cd "$out/dex" && zip -q "$out/unaligned.apk" classes*.dex)
# Libraries lie compressed in the file, as the manifest says: the system unpacks them when it installs.
(cd "$out" && zip -q -9 -r unaligned.apk lib)
zipalign -f 4 "$out/unaligned.apk" "$out/aligned.apk"

# A throw-away key: who ships the app signs it with a key of his own.
key="$BUILD/debug.p12"
[ -f "$key" ] || keytool -genkeypair -keystore "$key" -storetype PKCS12 -storepass throwaway -alias debug -keyalg RSA -keysize 3072 \
    -validity 3650 -dname "CN=Xunge debug" >/dev/null 2>&1
apk="$BUILD/xunge$stand_in.apk"
apksigner sign --ks "$key" --ks-pass pass:throwaway --min-sdk-version 26 --v1-signing-enabled false --v2-signing-enabled true \
    --v3-signing-enabled true --out "$apk" "$out/aligned.apk"
# Each search reads to the end: a search that stops at its first find would cut off who is still telling, and fail the whole line.
[ "$(apksigner verify -v --min-sdk-version 26 "$apk" | grep -cE 'Verified using v[23] .*: true')" = 2 ] ||
    { echo "the signature is not v2 and v3"; exit 1; }
zipalign -c 4 "$apk" || { echo "the APK is not aligned"; exit 1; }
# A phone refuses a file whose libraries are compressed and whose manifest does not ask for them to be unpacked.
aapt2="$BUILD/apktool/prebuilt/linux/aapt2"
"$aapt2" dump xmltree --file AndroidManifest.xml "$apk" | grep 'extractNativeLibs([^)]*)=true' >/dev/null ||
    { echo "the manifest does not ask for the libraries to be unpacked"; exit 1; }
for library in "$out"/lib/*/*.so; do
    unzip -v "$apk" "${library#"$out/"}" | grep ' Defl' >/dev/null || { echo "${library##*/} is not compressed"; exit 1; }
done
for name in cn/xunge/app/MainActivity cn/xunge/app/platform/PatrolService xunge/core/Device com/sun/jna/Native; do
    count=0
    for dex in "$out"/dex/classes*.dex; do
        count=$((count + $(dexdump -f "$dex" 2>/dev/null | grep -c "Class descriptor *: *'L$name;'" || true)))
    done
    [ "$count" = 1 ] || { echo "$name stands $count times in the APK"; exit 1; }
done
"$aapt2" dump badging "$apk" | grep -E '^(package|sdkVersion|targetSdkVersion|native-code)' || true
size=$(stat -c %s "$apk")
limit=$((10 * 1048576 + 524288))
dex=$(cat "$out"/dex/classes*.dex | wc -c)
printf 'apk: %s, %d bytes (%d of %d, the most it may have), code %d, signed v2 and v3 with a throw-away key%s\n' \
    "$(basename "$apk")" "$size" "$size" "$limit" "$dex" "${stand_in:+, with $(basename "$STAND_IN") built for Linux as stand-in}"
unpacked=0
for library in "$out"/lib/*/*.so; do
    bytes=$(stat -c %s "$library")
    unpacked=$((unpacked + bytes))
    packed=$(unzip -v "$apk" "${library#"$out/"}" | awk '$2 ~ /^Defl/ { print $3 }')
    echo "apk: ${library#"$out/lib/"}, $packed bytes in the APK, $bytes unpacked"
done
# A phone unpacks the libraries of its own kind; what it compiles of the code comes on top.
echo "apk: $((size + unpacked)) bytes installed, the APK and its libraries unpacked"
[ "$size" -le "$limit" ] || { echo "the APK is larger than 10.5 MiB"; exit 1; }
echo "apk: 4 passed, 0 failed"
