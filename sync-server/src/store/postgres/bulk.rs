//! Whole tables, for moves and backups.

use tokio_postgres::Row;

use super::cells::damaged;
use super::connection::Param;
use super::tx::PgTx;
use crate::store::bulk::{BulkRead, BulkWrite, Cell, Kind, Table};
use crate::store::{StoreError, StoreResult};

fn cells(row: &Row, columns: &[(&str, Kind)]) -> StoreResult<Vec<Cell>> {
    let read = |at: usize, kind: Kind| {
        Ok(match kind {
            Kind::Int => row.try_get::<_, Option<i64>>(at)?.map(Cell::Int),
            Kind::Text => row.try_get::<_, Option<String>>(at)?.map(Cell::Text),
            Kind::Bytes => row.try_get::<_, Option<Vec<u8>>>(at)?.map(Cell::Bytes),
        })
    };
    let damaged = |error: tokio_postgres::Error| StoreError::Damaged(error.to_string());
    (0..)
        .zip(columns)
        .map(|(at, (_, kind))| Ok(read(at, *kind).map_err(damaged)?.unwrap_or(Cell::Null)))
        .collect()
}

fn value(cell: &Cell, kind: Kind) -> StoreResult<Param> {
    Ok(match (kind, cell) {
        (Kind::Int, Cell::Null) => Box::new(None::<i64>),
        (Kind::Text, Cell::Null) => Box::new(None::<String>),
        (Kind::Bytes, Cell::Null) => Box::new(None::<Vec<u8>>),
        (Kind::Int, Cell::Int(value)) => Box::new(*value),
        (Kind::Text, Cell::Text(text)) => Box::new(text.clone()),
        (Kind::Bytes, Cell::Bytes(bytes)) => Box::new(bytes.clone()),
        _ => return Err(damaged("a value of another kind")),
    })
}

fn values(row: &[Cell], table: &Table) -> StoreResult<Vec<Param>> {
    row.iter()
        .zip(table.columns)
        .map(|(cell, (_, kind))| value(cell, *kind))
        .collect()
}

fn marks(count: usize) -> String {
    let marks: Vec<String> = (1..=count).map(|n| format!("${n}")).collect();
    marks.join(", ")
}

impl BulkRead for PgTx<'_> {
    fn table_page(&mut self, table: &Table, after: &[Cell], limit: u32) -> StoreResult<Vec<Vec<Cell>>> {
        let mut bound = values(after, table)?;
        bound.push(Box::new(i64::from(limit)));
        let beyond = match after.len() {
            0 => String::new(),
            n => format!("WHERE ({}) > ({})", table.key_names(), marks(n)),
        };
        let sql = format!(
            "SELECT {} FROM {} {beyond} ORDER BY {} LIMIT ${}",
            table.names(),
            table.name,
            table.key_names(),
            bound.len()
        );
        self.list(&sql, bound, |row| cells(row, table.columns))
    }

    fn table_last(&mut self, table: &Table) -> StoreResult<Option<Vec<Cell>>> {
        let order = table.key_names().replace(", ", " DESC, ");
        let sql = format!(
            "SELECT {} FROM {} ORDER BY {order} DESC LIMIT 1",
            table.key_names(),
            table.name
        );
        self.one(&sql, Vec::new(), |row| cells(row, &table.columns[..table.key]))
    }
}

impl BulkWrite for PgTx<'_> {
    fn table_insert(&mut self, table: &Table, rows: &[Vec<Cell>]) -> StoreResult<()> {
        let others = &table.columns[table.key..];
        let set: Vec<String> = others
            .iter()
            .map(|(name, _)| format!("{name} = excluded.{name}"))
            .collect();
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}",
            table.name,
            table.names(),
            marks(table.columns.len()),
            table.key_names(),
            set.join(", ")
        );
        for row in rows {
            self.send_exactly(1, &sql, values(row, table)?)?;
        }
        Ok(())
    }

    fn table_clear(&mut self, table: &Table) -> StoreResult<()> {
        self.send(&format!("DELETE FROM {}", table.name), Vec::new())
    }

    fn counters_settle(&mut self) -> StoreResult<()> {
        for (table, column) in [
            ("manifests", "manifest_no"),
            ("installs", "install_no"),
            ("review", "number"),
        ] {
            let sql = format!(
                "SELECT setval(pg_get_serial_sequence(current_schema() || '.{table}', '{column}'), \
                 coalesce(max({column}), 0) + 1, false) FROM {table}"
            );
            self.send(&sql, Vec::new())?;
        }
        // Numbers that this engine gave out count within their feed; others are smaller than any of its own.
        let sql = "UPDATE feeds SET reports = coalesce((SELECT max(report_no & 1099511627775) FROM reports r \
                   WHERE r.feed_no = feeds.feed_no AND r.report_no >> 40 = feeds.feed_no), 0)";
        self.send(sql, Vec::new())
    }
}
