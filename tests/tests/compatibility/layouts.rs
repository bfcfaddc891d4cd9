//! Whatever the layout, an upgrade loses no row and alters no value: every table of every released layout is filled, and each step is
//! held to leave what stood there before.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value;

use xunge_core::store::{DATABASE_NAME, Store};
use xunge_server::limits::Limits;
use xunge_server::store::DatabasePlace;

/// Whose database it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Whose {
    Phone,
    Server,
}

impl Whose {
    /// The steps in order: the file of each is named by its number.
    fn steps(self) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(match self {
            Self::Phone => "../core/migrations",
            Self::Server => "../sync-server/migrations/sqlite",
        });
        let entries = std::fs::read_dir(folder).expect("the migrations are there");
        let mut files: Vec<_> = entries.map(|entry| entry.expect("readable").path()).collect();
        files.sort();
        let read = |path| std::fs::read_to_string(path).expect("readable");
        files.iter().map(read).collect()
    }

    /// Opens the database in a folder with the program of today.
    fn upgrade(self, folder: &Path) {
        match self {
            Self::Phone => drop(Store::open(folder, None, 0).expect("it is upgraded")),
            Self::Server => {
                let place = DatabasePlace::File(folder.join(DATABASE_NAME));
                drop(place.open(&Limits::default()).expect("it is upgraded"));
            }
        }
    }

    /// A database as a program of this layout left it, with rows in every table.
    fn database(self, path: &Path, layout: usize) -> Tables {
        let conn = Connection::open(path).expect("a new file");
        for (number, sql) in (1u32..).zip(&self.steps()[..layout]) {
            conn.execute_batch(sql).expect("each step is good");
            conn.pragma_update(None, "user_version", number).expect("written");
        }
        fill(&conn);
        held(&conn)
    }
}

/// Rows in each table.
const ROWS: i64 = 3;

/// The rows of each table: the values of its columns by their names.
type Tables = BTreeMap<String, Vec<BTreeMap<String, Value>>>;

fn texts(conn: &Connection, sql: &str) -> Vec<(String, String)> {
    let mut statement = conn.prepare(sql).expect("good SQL");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.expect("readable")
        .collect::<Result<_, _>>()
        .expect("readable")
}

/// The tables, and the columns of each with their types.
fn columns(conn: &Connection) -> BTreeMap<String, Vec<(String, String)>> {
    let tables = texts(
        conn,
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    );
    let of = |table: &str| {
        texts(
            conn,
            &format!("SELECT name, type FROM pragma_table_info('{table}')"),
        )
    };
    tables
        .into_iter()
        .map(|(table, _)| (table.clone(), of(&table)))
        .collect()
}

/// A value that is unlike that of any other row and column.
fn value(table: &str, column: &str, kind: &str, row: i64) -> Value {
    let allowed: &[&str] = match (table, column) {
        (_, "state") => &["current", "spare", "retired"],
        ("outbox", "kind") => &["change", "command", "person"],
        (_, "kind") => &["track", "visit", "track"],
        _ => &[],
    };
    if let Ok(place) = usize::try_from(row)
        && !allowed.is_empty()
    {
        return Value::Text(allowed[place % allowed.len()].to_owned());
    }
    let name = format!("{row}.{column}.{table}");
    match kind {
        "INTEGER" => Value::Integer(i64::try_from(name.len()).unwrap_or(0) * 1_000 + row),
        "REAL" => Value::Real(0.5 + row as f64),
        "TEXT" => Value::Text(name),
        _ => Value::Blob(format!("{name:-<32}").into_bytes()[..16].to_vec()),
    }
}

/// Fills every table that is empty.
fn fill(conn: &Connection) {
    conn.pragma_update(None, "foreign_keys", false)
        .expect("no transaction is open");
    for (table, columns) in columns(conn) {
        let count: i64 = conn
            .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
            .expect("countable");
        if count > 0 {
            continue;
        }
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let marks = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT INTO {table} ({}) VALUES ({marks})", names.join(", "));
        for row in 0..ROWS {
            let values = columns.iter().map(|(name, kind)| value(&table, name, kind, row));
            conn.execute(&sql, rusqlite::params_from_iter(values))
                .unwrap_or_else(|error| panic!("{table}: {error}"));
        }
    }
}

fn held(conn: &Connection) -> Tables {
    let mut all = Tables::new();
    for (table, columns) in columns(conn) {
        let mut statement = conn.prepare(&format!("SELECT * FROM {table}")).expect("good SQL");
        let rows = statement.query_map([], |row| {
            let values = columns
                .iter()
                .enumerate()
                .map(|(place, (name, _))| Ok((name.clone(), row.get(place)?)));
            values.collect::<Result<BTreeMap<String, Value>, _>>()
        });
        let rows = rows
            .expect("readable")
            .collect::<Result<_, _>>()
            .expect("readable");
        all.insert(table, rows);
    }
    all
}

/// Rows that stood before and do not stand now with each value that they had. Tables may get columns and rows, never lose any.
fn lost(before: &Tables, now: &Tables) -> Vec<String> {
    let mut lost = Vec::new();
    for (table, rows) in before {
        for row in rows {
            let is_kept = |held: &BTreeMap<String, Value>| {
                row.iter().all(|(column, value)| held.get(column) == Some(value))
            };
            if !now.get(table).is_some_and(|all| all.iter().any(is_kept)) {
                lost.push(format!("{table}: {row:?}"));
            }
        }
    }
    lost
}

#[test]
fn an_upgrade_from_any_released_layout_keeps_every_row_of_every_table() {
    for whose in [Whose::Phone, Whose::Server] {
        for layout in 1..=whose.steps().len() {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join(DATABASE_NAME);
            let before = whose.database(&path, layout);
            assert!(before.len() > 12, "{before:?}");
            whose.upgrade(folder.path());
            let now = held(&Connection::open(&path).expect("it is there"));
            assert_eq!(
                lost(&before, &now),
                Vec::<String>::new(),
                "{whose:?} from layout {layout}"
            );
        }
    }
}

#[test]
fn a_step_that_lost_or_altered_a_row_would_be_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(DATABASE_NAME);
    let before = Whose::Phone.database(&path, Whose::Phone.steps().len());
    for harm in [
        "DELETE FROM outbox WHERE name = (SELECT min(name) FROM outbox)",
        "UPDATE draft SET updated_at = 1 WHERE code = (SELECT min(code) FROM draft)",
        "ALTER TABLE kept_words DROP COLUMN kept_at",
        "DROP TABLE news",
    ] {
        // Not committed: the connection's end undoes it.
        let conn = Connection::open(&path).expect("it is there");
        conn.execute_batch(&format!("BEGIN; {harm}")).expect("good SQL");
        assert!(!lost(&before, &held(&conn)).is_empty(), "{harm}");
    }
}
