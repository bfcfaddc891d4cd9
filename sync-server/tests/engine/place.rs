//! Which engine the tests run on: the embedded one, or a PostgreSQL cluster that `tests/postgres.sh` has started and names in
//! `XUNGE_TEST_DATABASE`; there each test has a schema of its own.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use xunge_server::store::{DatabasePlace, PostgresAddress};

const NAME: &str = "XUNGE_TEST_DATABASE";

static MADE: AtomicU32 = AtomicU32::new(0);

/// A place with nothing in it.
pub(crate) fn place(file: &Path) -> DatabasePlace {
    match std::env::var(NAME) {
        Ok(url) => {
            let number = MADE.fetch_add(1, Ordering::Relaxed);
            let joint = if url.contains('?') { '&' } else { '?' };
            let url = format!("{url}{joint}schema=t_{}_{number}", std::process::id());
            let address: PostgresAddress = url.parse().expect("the script names a database");
            DatabasePlace::Postgres(address)
        }
        Err(_) => DatabasePlace::File(file.to_owned()),
    }
}
