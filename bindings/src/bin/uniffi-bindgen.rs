//! Generates the Kotlin, Swift and Python sides of the bindings, with the version of uniffi that built the library.
fn main() {
    uniffi::uniffi_bindgen_main();
}
