//! The gate before the lock: pushed changes are judged outside the township's turn, and looked at again inside it only where somebody
//! else was faster.

use std::collections::BTreeMap;

use xunge_core::document::gate::{self, Prepared, SenderFacts, Snapshot};
use xunge_core::id::ReportId;

use super::Ledger;
use super::open_report::OpenReport;
use crate::ServiceError;
use crate::store::{ReadTx, ReportRow};

/// Changes of one report that follow each other in a push without a command of that report between.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) report: ReportId,
    /// Their places among the items.
    pub(crate) items: Vec<usize>,
    /// Whether these are others' changes, offered back after a restore.
    pub(crate) is_return: bool,
    /// What the gate said, and upon how many changes.
    pub(crate) judged: Option<(u32, Prepared)>,
}

/// Where a report's content stands while a push is judged.
pub(crate) struct Base {
    pub(crate) row: Option<ReportRow>,
    pub(crate) snapshot: Option<Snapshot>,
    pub(crate) changes: u32,
}

impl Base {
    /// A report as its row says it stands; the document is read only where it is going to be written.
    pub(crate) fn of(
        ledger: &Ledger,
        tx: &mut dyn ReadTx,
        row: ReportRow,
        is_written: bool,
    ) -> Result<Self, ServiceError> {
        let open = OpenReport::keyed(ledger, row)?;
        let snapshot = if is_written {
            open.snapshot(ledger, tx)?
        } else {
            None
        };
        Ok(Self {
            changes: open.row.changes,
            row: Some(open.row),
            snapshot,
        })
    }

    /// A report that nobody has heard of.
    pub(crate) fn none() -> Self {
        Self {
            row: None,
            snapshot: None,
            changes: 0,
        }
    }
}

/// Judges one group upon a base, and moves the base on.
pub(crate) fn judge(
    group: &mut Group,
    bytes: &[&[u8]],
    base: &mut Base,
    sender: &SenderFacts,
) -> Result<(), ServiceError> {
    let prepared = if group.is_return {
        gate::check_incoming(group.report, base.snapshot.as_ref(), bytes)
    } else {
        gate::prepare(group.report, base.snapshot.as_ref(), bytes, sender)
    };
    let prepared =
        prepared.map_err(|_| ServiceError::Damaged(format!("the document of report {}", group.report)))?;
    let before = base.changes;
    base.changes += u32::try_from(prepared.accepted.len()).unwrap_or(u32::MAX);
    if prepared.snapshot.is_some() {
        base.snapshot.clone_from(&prepared.snapshot);
    }
    group.judged = Some((before, prepared));
    Ok(())
}

/// Splits the changes of a push into groups: a command of a report ends its group, because the command is decided on the content that
/// stands before it.
pub(crate) fn groups(items: &[(usize, ReportId, Kind)]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut open: BTreeMap<(ReportId, bool), usize> = BTreeMap::new();
    for (index, report, kind) in items {
        let is_return = match kind {
            Kind::Change => false,
            Kind::Return => true,
            Kind::Command => {
                open.remove(&(*report, false));
                continue;
            }
        };
        match open.get(&(*report, is_return)) {
            Some(group) => groups[*group].items.push(*index),
            None => {
                open.insert((*report, is_return), groups.len());
                groups.push(Group {
                    report: *report,
                    items: vec![*index],
                    is_return,
                    judged: None,
                });
            }
        }
    }
    groups
}

/// What an item is to the grouping.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Change,
    Return,
    Command,
}
