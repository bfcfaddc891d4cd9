//! `xunge-server`: everything is in the library, so that tests run it too.

fn main() -> std::process::ExitCode {
    xunge_server::cli::run()
}
