//! Whole tables, for moves and backups.

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Row, params_from_iter};

use super::ledger_read::{marks, row_id, seq_of, unsigned};
use super::{SqliteTx, damaged};
use crate::store::bulk::{BulkRead, BulkWrite, Cell, Table};
use crate::store::{FeedNo, StoreResult};

const LEDGER: &str = "ledger";

fn cell(value: ValueRef<'_>) -> rusqlite::Result<Cell> {
    Ok(match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(value) => Cell::Int(value),
        ValueRef::Text(text) => Cell::Text(String::from_utf8(text.to_vec()).map_err(|_| damaged("a text"))?),
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.to_vec()),
        ValueRef::Real(_) => return Err(damaged("a number")),
    })
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Int(value) => Value::Integer(*value),
        Cell::Text(text) => Value::Text(text.clone()),
        Cell::Bytes(bytes) => Value::Blob(bytes.clone()),
    }
}

fn cells(row: &Row<'_>, count: usize) -> rusqlite::Result<Vec<Cell>> {
    (0..count).map(|at| cell(row.get_ref(at)?)).collect()
}

/// Feed and number of a row of the ledger from its one number.
fn split(mut row: Vec<Cell>) -> Vec<Cell> {
    if let Some(Cell::Int(id)) = row.first().cloned() {
        let seq = i64::try_from(seq_of(id)).unwrap_or(i64::MAX);
        row.splice(0..1, [Cell::Int(id >> 40), Cell::Int(seq)]);
    }
    row
}

/// The one number of a row of the ledger from feed and number.
fn joined(key: &[Cell]) -> Vec<Cell> {
    match key {
        [Cell::Int(feed), Cell::Int(seq), rest @ ..] => {
            let mut row = vec![Cell::Int(row_id(FeedNo(*feed), unsigned(*seq)))];
            row.extend_from_slice(rest);
            row
        }
        _ => Vec::new(),
    }
}

/// The names of a table's columns in this engine, and how many of them are the key.
fn columns(table: &Table) -> (String, usize, usize) {
    match table.name {
        LEDGER => {
            let names = table.names().replacen("feed_no, seq", "row_id", 1);
            (names, 1, table.columns.len() - 1)
        }
        _ => (table.names(), table.key, table.columns.len()),
    }
}

impl BulkRead for SqliteTx<'_> {
    fn table_page(&mut self, table: &Table, after: &[Cell], limit: u32) -> StoreResult<Vec<Vec<Cell>>> {
        let (names, key, count) = columns(table);
        let key: Vec<&str> = names.split(", ").take(key).collect();
        let key = key.join(", ");
        let is_ledger = table.name == LEDGER;
        let after = if is_ledger { joined(after) } else { after.to_vec() };
        let beyond = match after.len() {
            0 => String::new(),
            n => format!("WHERE ({key}) > ({})", marks(n)),
        };
        let sql = format!(
            "SELECT {names} FROM {} {beyond} ORDER BY {key} LIMIT ?",
            table.name
        );
        let values = after.iter().map(value).chain([Value::Integer(i64::from(limit))]);
        let rows = self.list(&sql, values, |row| cells(row, count))?;
        Ok(match is_ledger {
            true => rows.into_iter().map(split).collect(),
            false => rows,
        })
    }

    fn table_last(&mut self, table: &Table) -> StoreResult<Option<Vec<Cell>>> {
        let (names, key, _) = columns(table);
        let names: Vec<&str> = names.split(", ").take(key).collect();
        let order: Vec<String> = names.iter().map(|name| format!("{name} DESC")).collect();
        let sql = format!(
            "SELECT {} FROM {} ORDER BY {} LIMIT 1",
            names.join(", "),
            table.name,
            order.join(", ")
        );
        let last = self.one(&sql, [], |row| cells(row, key))?;
        Ok(match table.name {
            LEDGER => last.map(split),
            _ => last,
        })
    }
}

impl BulkWrite for SqliteTx<'_> {
    fn table_insert(&mut self, table: &Table, rows: &[Vec<Cell>]) -> StoreResult<()> {
        let (names, _, count) = columns(table);
        let sql = format!(
            "INSERT OR REPLACE INTO {} ({names}) VALUES ({})",
            table.name,
            marks(count)
        );
        for row in rows {
            let row = match table.name {
                LEDGER => joined(row),
                _ => row.clone(),
            };
            self.run(&sql, params_from_iter(row.iter().map(value)))?;
        }
        Ok(())
    }

    fn table_clear(&mut self, table: &Table) -> StoreResult<()> {
        self.run(&format!("DELETE FROM {}", table.name), [])?;
        Ok(())
    }

    fn counters_settle(&mut self) -> StoreResult<()> {
        // Numbers follow the largest that a table holds.
        Ok(())
    }
}
