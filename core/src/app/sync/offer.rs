//! What the server tells the install, and what is offered to it again after a restore.

use super::take::Taken;
use crate::app::device::Context;
use crate::app::identity::setting;
use crate::app::project;
use crate::document::Document;
use crate::error::Error;
use crate::id::{ReportId, UnitId};
use crate::store::{AttachmentRow, OutboxKind, Tx, UploadRow};
use crate::sync::message::Notice;

/// Follows the server's instructions.
pub(super) fn take_notices(tx: &Tx<'_>, context: &Context<'_>, notices: &[Notice]) -> Result<Taken, Error> {
    for notice in notices {
        match notice {
            Notice::UpdateRequired { protocol_min } => {
                tx.set_int(setting::PROTOCOL_MIN, i64::from(*protocol_min))?;
            }
            Notice::Revoked => tx.set_int(setting::IS_REVOKED, 1)?,
            Notice::Feeds { feeds } => follow(tx, context, feeds)?,
            Notice::OfferAgain { feed } => offer_again(tx, context, feed)?,
        }
    }
    Ok(Taken::default())
}

/// Follows these feeds. One that is left out is let go of once nothing is held of it; the own township is always followed.
fn follow(tx: &Tx<'_>, context: &Context<'_>, feeds: &[UnitId]) -> Result<(), Error> {
    for feed in feeds {
        tx.add_feed(feed)?;
    }
    for known in tx.feeds()? {
        let is_wanted = feeds.contains(&known.feed) || known.feed == context.identity.township;
        if !is_wanted && known.digest.count == 0 {
            tx.remove_feed(&known.feed)?;
        }
    }
    Ok(())
}

/// After a restore: tracks and words about key places, and report by report, the server's own words in their old order, then the
/// changes, own and others', then people, and at last the files. What the server has not lost it calls a duplicate.
pub(super) fn offer_again(tx: &Tx<'_>, context: &Context<'_>, feed: &UnitId) -> Result<(), Error> {
    if *feed == context.identity.township {
        tx.offer_trail_again()?;
    }
    let mut after = None;
    loop {
        let page = tx.report_digests(feed, after.as_ref(), 500)?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        after = Some(*last);
        for (report, _) in &page {
            offer_report(tx, report, context.now_ms())?;
            offer_files(tx, context, report)?;
        }
    }
}

fn offer_report(tx: &Tx<'_>, report: &ReportId, now_ms: i64) -> Result<(), Error> {
    for command in tx.commands(report)? {
        if command.result.is_some() {
            tx.enqueue(OutboxKind::Replay, command.id.as_bytes(), report, None, now_ms)?;
        }
    }
    if let Some(snapshot) = tx.document(report)? {
        for change in Document::load(&snapshot.bytes)?.changes() {
            if tx.own_change(&change.hash)?.is_some() {
                tx.enqueue(OutboxKind::Change, &change.hash.0, report, None, now_ms)?;
            } else {
                tx.enqueue(
                    OutboxKind::Return,
                    &change.hash.0,
                    report,
                    Some(&change.bytes),
                    now_ms,
                )?;
            }
        }
    }
    for person in tx.people(report)? {
        tx.enqueue(OutboxKind::Person, person.id.as_bytes(), report, None, now_ms)?;
    }
    Ok(())
}

/// Puts the files of a report in line again, where the original is on this phone: whoever holds it offers it with its thumbnail. One
/// that the server still has costs one request. What is under way begins anew: a restored server may take an upload for done that was
/// done before.
fn offer_files(tx: &Tx<'_>, context: &Context<'_>, report: &ReportId) -> Result<(), Error> {
    tx.restart_uploads(report)?;
    let files = tx.attachments(report)?;
    let is_original = |row: &AttachmentRow| row.kind != "thumbnail";
    let mut is_offered = false;
    for original in files.iter().filter(|row| is_original(row)) {
        if !tx.blob_state(&original.blob)?.is_present {
            continue;
        }
        for file in files.iter().filter(|row| row.attachment == original.attachment) {
            let state = tx.blob_state(&file.blob)?;
            if !state.is_present || !tx.is_received(report, &file.blob)? {
                continue;
            }
            tx.set_received(report, &file.blob, false)?;
            let upload = UploadRow {
                blob: file.blob,
                report: *report,
                attachment: file.attachment,
                kind: file.kind.clone(),
                size_bytes: state.size_bytes,
                url: None,
                sent_bytes: 0,
                is_urgent: false,
                made_at_ms: context.now_ms(),
            };
            tx.insert_upload(&upload, true)?;
            is_offered = true;
        }
    }
    if is_offered {
        project::project(tx, context, report)?;
    }
    Ok(())
}
