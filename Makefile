# Two commands do everything: `make demo` and `make test`. Each installs what it needs, or says what is missing.
FEATURES := --features xunge-bindings/bindgen
TARGET   := $(or $(CARGO_TARGET_DIR),target)

.PHONY: help demo demo-cluster test test-encrypted library bench bench-peer bench-postgres simulate fuzz crash crash-patrol soak counts bindings build fmt lint deny sbom screens assets test-console test-bindings test-android apk screens-android figures-android test-ios screens-ios figures-ios check-arm64

help:
	@echo "make demo    a compressed working day of a made-up township; DEMO_ONCE=1 ends after the ledger, PHOTOS=folder takes your pictures"
	@echo "make demo-cluster  the same day on three nodes, PostgreSQL and S3, while nodes are killed"
	@echo "make test    every test; ends with the counts"
	@echo "make test-encrypted  the core's tests, and a lost key given back by a server, on phones whose database lies under SQLCipher"
	@echo "make library  the phone's library as it ships, with and without SQLCipher: its size"
	@echo "make bench-peer  a thousand reports up and down beside PouchDB, which Medic's CHT rests on"
	@echo "make bench-postgres  reports a second, two nodes against one, idle sync and queue on PostgreSQL"
	@echo "make soak    150 phones come back from two weeks without a network while 20 consoles are open and a node is restarted; SOAK_SECONDS=n"
	@echo "make counts  instructions of a push, an idle sync, a page and a coverage update against tests/counts.txt; WRITE=1 writes them anew"
	@echo "make bench   figures of speed and memory, as a table and in bench/figures.json of the target folder; PARTS=\"document day\" takes some"
	@echo "make simulate  whole fleets with failing drives, links, clocks and power, seed by seed; SEEDS=n takes so many, SEED=x one again with its story"
	@echo "make fuzz    altered bytes at everything that takes bytes from outside; SECONDS=n in all, TARGET_NAME=gate takes one"
	@echo "make crash   kills phones, servers, backups, upgrades and PostgreSQL itself at any moment; ROUNDS=n on each engine, SEED=x draws the moments"
	@echo "make crash-patrol  kills a process that records a patrol, a hundred times"
	@echo "make test-console  the console's pages in a real browser; CLAIM=word takes some. Needs Chromium and Node"
	@echo "make test-bindings  the journey through the generated bindings, against a real server over a cut link"
	@echo "make screens pictures of the console's pages into target/screens/console; needs Chromium and Node"
	@echo "make test-android  the Android shell on Robolectric, journeys by touches against a real server; CLASS=name takes some. Fetches from Maven Central"
	@echo "make apk     a signed APK with a throw-away key; NATIVE=folder takes the phone's libraries, else one built for the computer itself stands in"
	@echo "make test-ios  the iOS shell without a Mac: view models on the real core, screens on a stand-in; FILTER=name takes some. Needs root on Debian"
	@echo "make screens-ios  every look of every iOS screen as a text into target/screens/ios; needs root on Debian"
	@echo "make figures-ios  what a call, a page and a cold open cost from Swift; REPORTS=n. Needs root on Debian"
	@echo "make check-arm64  the core's tests as arm64 programs under qemu, and type checks for Android and iOS. Needs root on Debian"
	@echo "make screens-android  pictures of every Android screen into target/screens/android"
	@echo "make figures-android  what a call, a page, a cold open and the first screen cost; REPORTS=n"
	@echo "make assets  the console's map, from npm; without it the pages say that the map was not built"
	@echo "make lint    formatting, clippy and rustdoc with warnings denied"
	@echo "make deny    licences, sources and bans of every crate against deny.toml"
	@echo "make sbom    what the programs are made of, as CycloneDX, into target/sbom; needs npm and Maven"

# The demo and the tests share one profile and one feature set, so that nothing compiles twice.
build: assets
	cargo build --locked --workspace $(FEATURES) --bins --lib

demo: build
	PHOTOS="$(PHOTOS)" $(TARGET)/debug/xunge-demo

# The same day on three nodes that are killed in turn, on PostgreSQL and an S3 server of its own.
demo-cluster: build
	tests/postgres.sh tests/s3.sh env DEMO_CLUSTER=1 $(TARGET)/debug/xunge-demo

test:
	tests/run-tests.sh

# Journeys alone are in `make test`. Perl and make build OpenSSL along.
test-encrypted:
	cargo test --locked --workspace $(FEATURES),xunge-core/encrypted --test device --test cli
	cargo test --locked -p xunge-core --features encrypted --lib

# Stripped, built for the computer's own processor; a phone's differs by some percent. Two builds of several minutes.
library:
	tests/library-size.sh $(TARGET)

bench:
	cargo build --locked --release -p xunge-tests --bin xunge-bench
	$(TARGET)/release/xunge-bench $(PARTS)

# Built for release: ten thousand seeds are many.
simulate:
	cargo build --locked --release -p xunge-tests --bin xunge-simulate
	$(TARGET)/release/xunge-simulate $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),1000))

fuzz:
	cargo build --locked --release -p xunge-tests --bin xunge-fuzz
	$(TARGET)/release/xunge-fuzz --seconds $(or $(SECONDS),60) $(if $(TARGET_NAME),--target $(TARGET_NAME))

# The same work on PouchDB, from npm, in the same run.
bench-peer:
	cargo build --locked --release -p xunge-tests --bin xunge-bench
	tests/peer/run.sh $(TARGET)/release/xunge-bench

# Both engines in one run, on a cluster of its own that keeps what it was told.
bench-postgres:
	cargo build --locked --release -p xunge-tests --bin xunge-bench
	XUNGE_TEST_FSYNC=on tests/postgres.sh $(TARGET)/release/xunge-bench postgres

# Real processes and real files: the rounds on SQLite, then as many on PostgreSQL with fsync on.
crash:
	cargo build --locked --release -p xunge-tests --bin xunge-crash
	$(TARGET)/release/xunge-crash --quiet --rounds $(or $(ROUNDS),100) --seed $(or $(SEED),1)
	XUNGE_TEST_FSYNC=on tests/postgres.sh $(TARGET)/release/xunge-crash --quiet --rounds $(or $(ROUNDS),100) --seed $(or $(SEED),1)

crash-patrol:
	PATROL_CRASH_ROUNDS=100 cargo test --locked -p xunge-tests --test patrol_crash

# Two nodes on a cluster that keeps what it was told, and a bucket.
soak:
	cargo build --locked --release -p xunge-tests --bin xunge-bench
	XUNGE_TEST_FSYNC=on tests/postgres.sh tests/s3.sh $(TARGET)/release/xunge-bench soak

counts:
	tests/counts.sh $(if $(WRITE),--write)

bindings: build
	tests/bindings/generate.sh $(TARGET)/debug $(TARGET)/bindings

test-bindings:
	tests/bindings/smoke.sh $(TARGET)

fmt:
	cargo fmt --all

deny:
	tests/deny.sh

sbom:
	tests/sbom.sh $(TARGET)/sbom

lint:
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets $(FEATURES) -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps $(FEATURES)

# The console's map: Node is installed where that may be done, else the pages stand without it.
assets:
	sync-server/console-assets/build.sh

test-console: assets
	tests/console/run.sh $(TARGET) "$(CLAIM)"

# Pictures of every page. CONSOLE names a server that is up already (a demo), CHROMIUM another browser.
screens: assets screens-android
	cargo build --locked --workspace $(FEATURES) --lib --bins
	cd tests/console && npm ci --no-audit --no-fund --loglevel=error && CARGO_TARGET_DIR=$(abspath $(TARGET)) node screens.mjs

# The Android shell: compiled, linked, drawn and touched on the JVM.
test-android:
	android/tools/test.sh $(TARGET) test $(if $(CLASS),-Dtest=$(CLASS) -Dsurefire.failIfNoSpecifiedTests=false)

apk:
	android/tools/make-apk.sh $(TARGET)

screens-android:
	android/tools/test.sh $(TARGET) test -Dtest=ScreensTest -Dscreens.all=true -Dscreens=$(abspath $(TARGET))/screens/android

test-ios:
	ios/scripts/test.sh $(abspath $(TARGET)) "$(FILTER)"

check-arm64:
	tests/arm64/run.sh $(abspath $(TARGET))

# Speed through the bindings and of the first screen, on the library as it ships; REPORTS says how many lie in the database.
figures-android:
	bindings/mobile.sh rustc --quiet --lib --crate-type cdylib
	android/tools/test.sh $(TARGET) test -Dtest='*Figures' -Dlibrary.folder=$(abspath $(TARGET))/mobile -Dfigures.reports=$(or $(REPORTS),10000)

screens-ios:
	rm -rf $(TARGET)/screens/ios
	TREES=$(abspath $(TARGET))/screens/ios ios/scripts/test.sh $(abspath $(TARGET)) XungeScreensTests

figures-ios: build
	bindings/mobile.sh rustc --quiet --lib --crate-type cdylib
	ios/scripts/figures.sh $(abspath $(TARGET)) $(or $(REPORTS),10000)
