//! Databases of the first layout, upgraded by a process that is killed at it.

use std::path::Path;
use std::process::ExitCode;

use rusqlite::Connection;
use xunge_core::store::{DATABASE_NAME, Store};
use xunge_server::limits::Limits;
use xunge_server::store::DatabasePlace;

use super::Problem;

/// First argument of such a process.
pub(super) const CHILD: &str = "--upgrade";

/// Rows that must be there afterwards.
const ROWS: i64 = 1_500;

/// Whose database it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Phone,
    Server,
}

impl Kind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Server => "server",
        }
    }

    fn layout(self) -> &'static str {
        match self {
            Self::Phone => include_str!("../../../core/migrations/0001_init.sql"),
            Self::Server => include_str!("../../../sync-server/migrations/sqlite/0001_init.sql"),
        }
    }

    fn rows(self) -> &'static str {
        match self {
            Self::Phone => {
                "INSERT INTO outbox (kind, name, report, made_at) SELECT 'change', randomblob(32), randomblob(16), n FROM number"
            }
            Self::Server => "INSERT INTO meta (key, value) SELECT 'row ' || n, randomblob(100) FROM number",
        }
    }

    fn count(self) -> &'static str {
        match self {
            Self::Phone => "SELECT count(*) FROM outbox",
            Self::Server => "SELECT count(*) FROM meta WHERE key LIKE 'row %'",
        }
    }
}

/// The database in a folder.
pub(super) fn database(kind: Kind, folder: &Path) -> std::path::PathBuf {
    folder.join(match kind {
        Kind::Phone => DATABASE_NAME,
        Kind::Server => "xunge.sqlite",
    })
}

/// Makes a database of the first layout with rows.
pub(super) fn make(kind: Kind, folder: &Path) -> Result<(), Problem> {
    std::fs::create_dir_all(folder)?;
    let conn = Connection::open(database(kind, folder))?;
    conn.pragma_update(None, "journal_mode", "wal")?;
    conn.execute_batch(kind.layout())?;
    let sql = format!(
        "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {ROWS}) {};
         PRAGMA user_version = 1",
        kind.rows()
    );
    conn.execute_batch(&sql)?;
    Ok(())
}

/// Opens a database and so upgrades it.
pub(super) fn open(kind: Kind, place: &str) -> Result<(), Problem> {
    match kind {
        Kind::Phone => drop(Store::open(Path::new(place), None, 0)?),
        Kind::Server => {
            let place = if place.starts_with("postgres:") {
                DatabasePlace::Postgres(place.parse()?)
            } else {
                DatabasePlace::File(database(kind, Path::new(place)))
            };
            drop(place.open(&Limits::default())?);
        }
    }
    Ok(())
}

/// Whether a database that was opened again has all its rows.
pub(super) fn check(kind: Kind, folder: &Path) -> Result<(), String> {
    let opened = Connection::open(database(kind, folder)).map_err(|error| error.to_string())?;
    let count = opened.query_row(kind.count(), [], |row| row.get::<_, i64>(0));
    match count {
        Ok(ROWS) => Ok(()),
        other => Err(format!("of {ROWS} rows {other:?} are there after the upgrade")),
    }
}

/// Runs as an upgrading process if the arguments say so: whose database it is, and where it lies.
pub(super) fn run_child(args: &[String]) -> Option<ExitCode> {
    let [first, kind, place] = args else { return None };
    if first != CHILD {
        return None;
    }
    let kind = if kind == Kind::Phone.word() {
        Kind::Phone
    } else {
        Kind::Server
    };
    Some(match open(kind, place) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    })
}
