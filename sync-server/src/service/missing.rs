//! What stood in a database that was set aside by a restore and stands in this one no more: acts of desks, erasures by law, records of
//! the directory, accounts. Phones bring back what they hold; what existed in the console alone, or on one phone that let the report go
//! since, nobody brings, so that it is listed for people.

use std::collections::BTreeSet;

use xunge_core::directory::DirectoryRow;
use xunge_core::id::UnitId;
use xunge_core::time::Timestamp;

use super::Service;
use crate::ServiceError;
use crate::ledger::open_report::OpenReport;
use crate::store::{FeedNo, LedgerRow, ReadTx, RowKind};

/// Rows read at a time.
const AT_ONCE: u32 = 500;

/// One thing that is missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missing {
    /// The feed.
    pub feed: UnitId,
    /// When it came; `None` where no time was kept.
    pub at: Option<Timestamp>,
    /// Who did it; empty where that was not kept.
    pub by: String,
    /// What it is: an act with the report's code, a record with its key, an account's name.
    pub what: String,
}

impl Service {
    /// What `before` has and this database lacks, feed by feed in the order in which it came. Right after a restore that is everything
    /// since the backup; once all phones have synced, what existed in the console alone.
    pub fn missing_from(&self, before: &Self) -> Result<Vec<Missing>, ServiceError> {
        let mut missing = Vec::new();
        let feeds = before.ledger.read(|tx| Ok(tx.feeds()?))?;
        for feed in feeds {
            let here = self
                .ledger
                .read(|tx| Ok(tx.feed(&feed.unit)?))?
                .map(|feed| feed.no);
            let mut after = 0;
            loop {
                let rows = before
                    .ledger
                    .read(|tx| Ok(tx.rows_after(feed.no, after, feed.head, AT_ONCE)?))?;
                let Some(last) = rows.last() else { break };
                after = last.seq;
                let lacking = self.lacking(here, rows)?;
                before
                    .ledger
                    .read(|tx| before.describe(tx, (feed.no, &feed.unit), &lacking, &mut missing))?;
            }
            self.missing_records(before, (feed.no, &feed.unit), here, &mut missing)?;
        }
        let held = self.accounts()?;
        for account in before.accounts()? {
            if !held.iter().any(|held| held.name == account.name) {
                missing.push(Missing {
                    feed: UnitId::new("server").expect("a plain code"),
                    at: Some(account.created_at),
                    by: String::new(),
                    what: format!("account {}", account.name),
                });
            }
        }
        Ok(missing)
    }

    /// The acts, changes and erasures whose names this database does not know.
    fn lacking(&self, here: Option<FeedNo>, rows: Vec<LedgerRow>) -> Result<Vec<LedgerRow>, ServiceError> {
        let rows: Vec<LedgerRow> = rows
            .into_iter()
            .filter(|row| {
                matches!(row.kind, RowKind::Event | RowKind::Change | RowKind::Erased) && row.name.is_some()
            })
            .collect();
        let names: Vec<&[u8]> = rows.iter().filter_map(|row| row.name.as_deref()).collect();
        let known = match here {
            Some(feed) if !names.is_empty() => self.ledger.read(|tx| Ok(tx.rows_by_name(feed, &names)?))?,
            _ => Vec::new(),
        };
        let known: BTreeSet<_> = known.into_iter().map(|held| held.name).collect();
        Ok(rows
            .into_iter()
            .filter(|row| !known.contains(&row.name))
            .collect())
    }

    fn describe(
        &self,
        tx: &mut dyn ReadTx,
        (feed, unit): (FeedNo, &UnitId),
        rows: &[LedgerRow],
        missing: &mut Vec<Missing>,
    ) -> Result<(), ServiceError> {
        for row in rows {
            let Some(report) = row.report else { continue };
            let Some(held) = tx.reports_by_no(feed, &[report])?.pop() else {
                continue;
            };
            let code = held.code.clone();
            let open = OpenReport::keyed(&self.ledger, held)?;
            let told = match row.kind {
                RowKind::Event => open.told(row)?,
                _ => None,
            };
            missing.push(match told {
                Some(told) => Missing {
                    feed: unit.clone(),
                    at: Some(told.result.received_at),
                    by: told.command.by.to_string(),
                    what: format!("{} {code}", told.command.action.kind().as_str()),
                },
                None => Missing {
                    feed: unit.clone(),
                    at: None,
                    by: String::new(),
                    what: match row.kind {
                        RowKind::Erased => format!("erasure {code}"),
                        _ => format!("content {code}"),
                    },
                },
            });
        }
        Ok(())
    }

    fn missing_records(
        &self,
        before: &Self,
        (feed, unit): (FeedNo, &UnitId),
        here: Option<FeedNo>,
        missing: &mut Vec<Missing>,
    ) -> Result<(), ServiceError> {
        let all = |service: &Self, feed| {
            let rows = service
                .ledger
                .read(|tx| Ok(tx.directory_after(feed, 0, u64::MAX, u32::MAX)?));
            Ok::<_, ServiceError>(rows?.into_iter().map(|(_, row)| row).collect::<Vec<_>>())
        };
        let held = here.map_or(Ok(Vec::new()), |feed| all(self, feed))?;
        let held: BTreeSet<_> = held.iter().map(what_it_says).collect();
        for row in all(before, feed)? {
            if !held.contains(&what_it_says(&row)) {
                missing.push(Missing {
                    feed: unit.clone(),
                    at: None,
                    by: String::new(),
                    what: format!("{} {}", row.kind, row.key),
                });
            }
        }
        Ok(())
    }
}

fn what_it_says(row: &DirectoryRow) -> (&str, &str, Timestamp, &str) {
    (&row.kind, &row.key, row.valid_from, &row.json)
}
