//! Whole tables from one database to another, whatever their engines: backups of a network engine, and moves.
//!
//! Rows go in the order of their keys, page by page, each page in one transaction, so that a copy that was cut goes on where it ended. At
//! the end every table is hashed on both sides. Left out are what can be made anew (saved documents) and what its sender begins again
//! (unfinished uploads). Set in stone: the mark of an unfinished copy.

use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::{ReadTx, SqliteStore, Store, StoreError, StoreResult};

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A whole number.
    Int,
    /// A text.
    Text,
    /// Bytes.
    Bytes,
}

/// One value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// A table as both engines have it.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, those of the key first.
    pub columns: &'static [(&'static str, Kind)],
    /// How many columns the key has.
    pub key: usize,
}

/// Rows of any table.
pub trait BulkRead {
    /// Rows after a key (empty: from the first) in the key's order, at most `limit`.
    fn table_page(&mut self, table: &Table, after: &[Cell], limit: u32) -> StoreResult<Vec<Vec<Cell>>>;
    /// The key of the last row.
    fn table_last(&mut self, table: &Table) -> StoreResult<Option<Vec<Cell>>>;
}

/// Rows into any table.
pub trait BulkWrite {
    /// Writes rows, each in place of one with the same key.
    fn table_insert(&mut self, table: &Table, rows: &[Vec<Cell>]) -> StoreResult<()>;
    /// Empties a table.
    fn table_clear(&mut self, table: &Table) -> StoreResult<()>;
    /// Sets the counters that hand out numbers behind what the tables hold.
    fn counters_settle(&mut self) -> StoreResult<()>;
}

/// How far a copy is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress {
    /// The table.
    pub table: &'static str,
    /// Rows copied of it in this run.
    pub rows: u64,
    /// Whether the table is hashed and found equal.
    pub is_checked: bool,
}

/// Named value of the target for as long as a copy is unfinished: no server opens such a database.
pub(crate) const UNFINISHED: &str = "copy.unfinished";

/// Rows of one page.
const PAGE: u32 = 500;

use Kind::{Bytes, Int, Text};

/// Every table that is copied.
pub const TABLES: &[Table] = &[
    Table {
        name: "meta",
        columns: &[("key", Text), ("value", Bytes)],
        key: 1,
    },
    Table {
        name: "feeds",
        columns: &[
            ("feed_no", Int),
            ("unit", Text),
            ("head", Int),
            ("audit_count", Int),
            ("audit_hash", Bytes),
        ],
        key: 1,
    },
    Table {
        name: "ledger",
        columns: &[
            ("feed_no", Int),
            ("seq", Int),
            ("kind", Int),
            ("report_no", Int),
            ("name", Bytes),
            ("install_no", Int),
            ("moved_from", Text),
            ("body", Bytes),
        ],
        key: 2,
    },
    Table {
        name: "reports",
        columns: REPORTS,
        key: 2,
    },
    Table {
        name: "grants",
        columns: &[
            ("feed_no", Int),
            ("report_no", Int),
            ("holder", Text),
            ("seq", Int),
        ],
        key: 3,
    },
    Table {
        name: "digests",
        columns: &[
            ("feed_no", Int),
            ("scope", Text),
            ("digest_count", Int),
            ("digest_xor", Bytes),
        ],
        key: 2,
    },
    Table {
        name: "manifests",
        columns: &[
            ("feed_no", Int),
            ("manifest_no", Int),
            ("install_no", Int),
            ("received_at", Int),
            ("at", Bytes),
            ("names", Bytes),
            ("signature", Bytes),
        ],
        key: 2,
    },
    Table {
        name: "blobs",
        columns: &[
            ("feed_no", Int),
            ("report_no", Int),
            ("sha", Bytes),
            ("size_bytes", Int),
            ("media_type", Text),
            ("stored_at", Int),
            ("is_erased", Int),
        ],
        key: 3,
    },
    Table {
        name: "directory",
        columns: &[
            ("feed_no", Int),
            ("kind", Text),
            ("key", Text),
            ("valid_from", Int),
            ("seq", Int),
            ("valid_to", Int),
            ("version", Int),
            ("json", Text),
        ],
        key: 4,
    },
    Table {
        name: "installs",
        columns: &[
            ("install_no", Int),
            ("install", Bytes),
            ("person", Text),
            ("township", Text),
            ("public_key", Bytes),
            ("token_hash", Bytes),
            ("actors", Text),
            ("feeds", Text),
            ("device_label", Text),
            ("app_version", Text),
            ("enrolled_at", Int),
            ("revoked_at", Int),
            ("last_sync_at", Int),
            ("health", Bytes),
        ],
        key: 1,
    },
    Table {
        name: "enrolments",
        columns: &[
            ("secret_hash", Bytes),
            ("person", Text),
            ("township", Text),
            ("created_at", Int),
            ("expires_at", Int),
            ("install", Bytes),
        ],
        key: 1,
    },
    Table {
        name: "accounts",
        columns: &[
            ("name", Text),
            ("person", Text),
            ("password_hash", Text),
            ("is_enabled", Int),
            ("created_at", Int),
        ],
        key: 1,
    },
    Table {
        name: "sessions",
        columns: &[
            ("token_hash", Bytes),
            ("account", Text),
            ("person", Text),
            ("csrf", Text),
            ("created_at", Int),
            ("used_at", Int),
        ],
        key: 1,
    },
    Table {
        name: "review",
        columns: &[
            ("number", Int),
            ("feed_no", Int),
            ("install", Bytes),
            ("person", Text),
            ("report", Bytes),
            ("name", Bytes),
            ("kind", Text),
            ("why", Text),
            ("received_at", Int),
            ("body", Bytes),
            ("settled_at", Int),
        ],
        key: 1,
    },
    Table {
        name: "audit",
        columns: &[
            ("feed_no", Int),
            ("number", Int),
            ("at", Int),
            ("actor", Text),
            ("kind", Text),
            ("detail", Text),
            ("hash", Bytes),
        ],
        key: 2,
    },
    Table {
        name: "tracks",
        columns: &[
            ("feed_no", Int),
            ("name", Bytes),
            ("kind", Int),
            ("install", Bytes),
            ("person", Text),
            ("patrol", Bytes),
            ("number", Int),
            ("begun_at", Int),
            ("closed_at", Int),
            ("clock", Int),
            ("boot", Int),
            ("received_at", Int),
            ("seq", Int),
            ("body", Bytes),
        ],
        key: 2,
    },
    Table {
        name: "coverage",
        columns: &[
            ("feed_no", Int),
            ("unit", Text),
            ("day", Text),
            ("seq", Int),
            ("updated_at", Int),
            ("body", Bytes),
        ],
        key: 3,
    },
];

const REPORTS: &[(&str, Kind)] = &[
    ("feed_no", Int),
    ("report_no", Int),
    ("report", Bytes),
    ("code", Text),
    ("key", Bytes),
    ("reporter", Text),
    ("scope", Text),
    ("scope_seq", Int),
    ("digest_count", Int),
    ("digest_xor", Bytes),
    ("heads", Bytes),
    ("changes", Int),
    ("events", Int),
    ("people", Int),
    ("last_seq", Int),
    ("state", Int),
    ("rank", Int),
    ("level", Int),
    ("category", Text),
    ("holder_unit", Text),
    ("holder_part", Int),
    ("held_since", Int),
    ("submitted_at", Int),
    ("due_at", Int),
    ("flags", Int),
    ("attachments_named", Int),
    ("attachments_stored", Int),
    ("summary", Bytes),
    ("look_at", Int),
    ("closed_at", Int),
    ("close_due_at", Int),
    ("closed_level", Int),
    ("reworks", Int),
    ("called_back", Int),
    ("lead", Text),
];

impl Table {
    /// The names of its columns, with commas.
    pub(crate) fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    /// The names of the key's columns, with commas.
    pub(crate) fn key_names(&self) -> String {
        let names: Vec<&str> = self.columns[..self.key].iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }
}

/// Copies everything from one database to another, which holds nothing yet or what an earlier run of the same copy left. Tells how far
/// it is. When it returns, every table was hashed on both sides and found equal.
///
/// # Errors
/// [`StoreError::Aborted`] where the target holds something else, [`StoreError::Damaged`] where a table is not equal in the end.
pub fn copy(from: &dyn Store, to: &dyn Store, tell: &mut dyn FnMut(Progress)) -> StoreResult<()> {
    claim(from, to)?;
    // One view of the source for all tables.
    from.read(&mut |source| {
        for table in TABLES {
            let rows = copy_table(source, to, table)?;
            tell(Progress {
                table: table.name,
                rows,
                is_checked: false,
            });
        }
        for table in TABLES {
            let mut is_equal = hash(source, table)? == hash_of(to, table)?;
            if !is_equal {
                // The source moved on between two runs: this table begins anew.
                to.write(None, &mut |tx| {
                    let mark = tx.meta(UNFINISHED)?.unwrap_or_default();
                    tx.table_clear(table)?;
                    tx.meta_put(UNFINISHED, &mark)
                })?;
                copy_table(source, to, table)?;
                is_equal = hash(source, table)? == hash_of(to, table)?;
            }
            if !is_equal {
                return Err(StoreError::Damaged(format!(
                    "the copy of {} is not equal",
                    table.name
                )));
            }
            tell(Progress {
                table: table.name,
                rows: 0,
                is_checked: true,
            });
        }
        Ok(())
    })?;
    to.write(None, &mut |tx| {
        tx.counters_settle()?;
        tx.meta_drop(UNFINISHED)
    })?;
    to.tidy()
}

/// Marks the target as an unfinished copy of this source.
fn claim(from: &dyn Store, to: &dyn Store) -> StoreResult<()> {
    let generation = crate::ledger::meta::GENERATION;
    let mut source = None;
    from.read(&mut |tx| {
        source = tx.meta(generation)?;
        Ok(())
    })?;
    let source = source.unwrap_or_default();
    to.write(None, &mut |tx| match tx.meta(UNFINISHED)? {
        Some(held) if held == source => Ok(()),
        Some(_) => Err(StoreError::Aborted),
        None if tx.meta(generation)?.is_some() => Err(StoreError::Aborted),
        None => tx.meta_put(UNFINISHED, &source),
    })
}

fn copy_table(source: &mut dyn ReadTx, to: &dyn Store, table: &Table) -> StoreResult<u64> {
    let mut after = Vec::new();
    // The target's own values and feed stand in these from the start: they are small, and begin from the first row.
    if !matches!(table.name, "meta" | "feeds") {
        to.read(&mut |tx| {
            after = tx.table_last(table)?.unwrap_or_default();
            Ok(())
        })?;
    }
    let mut rows = 0;
    loop {
        let page = source.table_page(table, &after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(rows);
        };
        after = last[..table.key].to_vec();
        to.write(None, &mut |tx| tx.table_insert(table, &page))?;
        rows += page.len() as u64;
    }
}

fn hash_of(store: &dyn Store, table: &Table) -> StoreResult<[u8; 32]> {
    let mut found = [0; 32];
    store.read(&mut |tx| {
        found = hash(tx, table)?;
        Ok(())
    })?;
    Ok(found)
}

/// The hash of all rows of a table, but for the mark of the copy itself.
fn hash(tx: &mut dyn ReadTx, table: &Table) -> StoreResult<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut after = Vec::new();
    loop {
        let page = tx.table_page(table, &after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(hash.finalize().into());
        };
        after = last[..table.key].to_vec();
        for row in &page {
            if table.name == "meta" && row[0] == Cell::Text(UNFINISHED.to_owned()) {
                continue;
            }
            for cell in row {
                absorb(&mut hash, cell);
            }
        }
    }
}

fn absorb(hash: &mut Sha256, cell: &Cell) {
    let (mark, bytes) = match cell {
        Cell::Null => (0_u8, Vec::new()),
        Cell::Int(value) => (1, value.to_be_bytes().to_vec()),
        Cell::Text(text) => (2, text.as_bytes().to_vec()),
        Cell::Bytes(bytes) => (3, bytes.clone()),
    };
    hash.update([mark]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

/// Copies everything to a new file of the embedded engine.
pub(crate) fn copy_to_file(from: &dyn Store, to: &Path) -> StoreResult<()> {
    let file = SqliteStore::open(to, 1, 1_000)?;
    copy(from, &file, &mut |_| {})
}
