//! Tells the linker how the library ships. Where it is built for size, positions that the loader fills in are written tightly, which takes
//! a megabyte off it, functions of the same code stand once, and the generator's own data (`mobile.ld`) is left out. Android reads this
//! form since API 23, the C library of a Linux desk since glibc 2.36.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=mobile.ld");
    let of = |name: &str| std::env::var(name).unwrap_or_default();
    if !matches!(of("OPT_LEVEL").as_str(), "s" | "z") {
        return;
    }
    let arguments: &[&str] = match (
        of("CARGO_CFG_TARGET_OS").as_str(),
        of("CARGO_CFG_TARGET_ARCH").as_str(),
    ) {
        ("android", _) => &["--pack-dyn-relocs=android", "--icf=all"],
        // Here Rust brings its linker along; elsewhere that of the system may not know how to join functions.
        ("linux", "x86_64") => &["-z,pack-relative-relocs", "--icf=all"],
        ("linux", _) => &["-z,pack-relative-relocs"],
        _ => &[],
    };
    for argument in arguments {
        println!("cargo:rustc-cdylib-link-arg=-Wl,{argument}");
    }
    if !arguments.is_empty() {
        println!(
            "cargo:rustc-cdylib-link-arg=-Wl,-T,{}/mobile.ld",
            of("CARGO_MANIFEST_DIR")
        );
    }
}
