//! Everything of one report, for a reader who has just come to see it.

use xunge_core::attachment::BlobHash;
use xunge_core::command::Event;
use xunge_core::id::PersonRecordId;
use xunge_core::sync::message::{BlobItem, Erasure, PersonItem, ReportBundle};

use super::Ledger;
use super::open_report::OpenReport;
use crate::ServiceError;
use crate::store::{ReadTx, ReportRow, RowKind};

const KINDS: &[RowKind] = &[RowKind::Change, RowKind::Event, RowKind::Person, RowKind::Erased];

/// What a bundle costs beside its contents, in bytes: an estimate on the high side.
const BUNDLE_BYTES: usize = 64;

/// The author's signature stays with the server: to everybody else its own word vouches for the command.
pub(crate) fn for_reader(mut event: Event) -> Event {
    event.command.signature = None;
    event
}

impl Ledger {
    /// Reads a report whole; with it the bytes that it will about take.
    pub(crate) fn bundle(
        &self,
        tx: &mut dyn ReadTx,
        row: &ReportRow,
    ) -> Result<(ReportBundle, usize), ServiceError> {
        let open = OpenReport::keyed(self, row.clone())?;
        let mut bundle = ReportBundle {
            report: row.report,
            changes: Vec::new(),
            events: Vec::new(),
            people: Vec::new(),
            erased: Vec::new(),
            blobs: Vec::new(),
        };
        let mut bytes = BUNDLE_BYTES;
        for line in tx.rows_of_report(row.feed, row.no, KINDS)? {
            match line.kind {
                RowKind::Change => bundle.changes.extend(open.plain(&line)?.map(|plain| {
                    bytes += plain.len() + 4;
                    plain.into()
                })),
                RowKind::Event => bundle.events.extend(open.event(&line)?.map(|event| {
                    bytes += event.command.body.len() + event.result.body.len() + 32;
                    for_reader(event)
                })),
                RowKind::Person => {
                    let id = line.name.as_deref().and_then(PersonRecordId::from_slice);
                    if let (Some(id), Some(plain)) = (id, open.plain(&line)?) {
                        bytes += plain.len() + 24;
                        bundle.people.push(PersonItem {
                            id,
                            bytes: plain.into(),
                        });
                    }
                }
                _ => {
                    let what: Option<Erasure> =
                        line.body.as_deref().and_then(|body| minicbor::decode(body).ok());
                    bundle.erased.extend(what);
                    bytes += 64;
                }
            }
        }
        if !open.is_erased() {
            for blob in tx.blobs_of_reports(row.feed, &[row.no])? {
                if !blob.is_erased {
                    bytes += 48;
                    bundle.blobs.push(BlobItem {
                        blob: BlobHash::from_bytes(*blob.blob.as_bytes()),
                        size_bytes: blob.size_bytes,
                    });
                }
            }
        }
        Ok((bundle, bytes))
    }
}
