//! Layouts of the tables and how one becomes the next: expand, migrate, contract.
//!
//! Nodes of two versions run side by side during an upgrade. So each layout says the least layout that a program must know to work on it:
//! what expands (a table, a column with a default, an index) keeps that number, and only a later layout, shipped when no older node is
//! left, contracts and raises it. A program refuses a database that asks for more than it knows. Migrations run under an advisory lock,
//! so that any number of nodes may start at once. Set in stone: a released file is never edited.

use super::address::PostgresAddress;
use super::connection::{Connection, params};
use crate::store::{StoreError, StoreResult};

/// The layouts in order, each with the least layout that a program must know.
const LAYOUTS: &[(u32, &str)] = &[
    (1, include_str!("../../../migrations/postgres/0001_init.sql")),
    (1, include_str!("../../../migrations/postgres/0002_uploads.sql")),
];

/// Held while layouts change: the letters `xung`.
const LOCK: i32 = 0x7875_6e67;

/// The newest layout that this program knows.
pub(super) fn known() -> u32 {
    u32::try_from(LAYOUTS.len()).expect("there are few layouts")
}

/// Brings the schema to the newest layout.
pub(super) fn migrate(connection: &mut Connection, address: &PostgresAddress) -> StoreResult<()> {
    let schema = &address.schema;
    connection.batch("BEGIN");
    connection.batch(format!(
        "SELECT pg_advisory_xact_lock({LOCK}, hashtext('{schema}'))"
    ));
    // Asked first, because IF NOT EXISTS wants the right to make schemas even where there is nothing to make.
    connection.batch(format!(
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = '{schema}') \
         THEN CREATE SCHEMA {schema}; END IF; END $$"
    ));
    connection.batch(
        "CREATE TABLE IF NOT EXISTS layouts (number bigint PRIMARY KEY, least bigint NOT NULL, \
         made_at timestamptz NOT NULL DEFAULT now())",
    );
    let (found, least) = standing(connection)?;
    if least > known() {
        connection.batch("ROLLBACK");
        connection.flush()?;
        return Err(StoreError::Newer {
            found,
            known: known(),
        });
    }
    for (number, (least, sql)) in (1u32..).zip(LAYOUTS) {
        if number > found {
            connection.batch(*sql);
            let values = params![i64::from(number), i64::from(*least)];
            connection.send(
                "INSERT INTO layouts (number, least) VALUES ($1, $2)",
                values,
                Some(1),
            )?;
        }
    }
    connection.batch("COMMIT");
    connection.flush()
}

/// The layout of the tables, and the least that a program must know.
pub(super) fn standing(connection: &mut Connection) -> StoreResult<(u32, u32)> {
    let sql = "SELECT coalesce(max(number), 0), coalesce(max(least), 0) FROM layouts";
    let rows = connection.query(sql, Vec::new())?;
    let mut cells = super::cells::Cells::of(rows.first().ok_or_else(|| super::cells::damaged("the layout"))?);
    Ok((cells.number()?, cells.number()?))
}
