//! Takes the console's map into the program, where npm has made it (`make assets`). Without it the program is built all the same, and
//! its pages say that the map was not built.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    // A folder that is always there: a missing one would make every build begin anew.
    println!("cargo:rerun-if-changed=console-assets/dist");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo names a folder to write to"))?;
    for name in ["map.js", "draw.js"] {
        let made = Path::new("console-assets/dist").join(name);
        let into = Path::new(&out).join(name);
        let script = if made.exists() {
            fs::read(made)?
        } else {
            Vec::new()
        };
        // Written only where it differs, so that nothing is compiled anew for the same bytes.
        if fs::read(&into).ok().as_deref() != Some(&script) {
            fs::write(&into, script)?;
        }
    }
    Ok(())
}
