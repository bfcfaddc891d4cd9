//! Reports of which nothing is held yet: the bulk of a first sync, and of whatever comes into scope.
//!
//! Of such a report everything is at hand at once, so nothing has to be read before it is written, and each row is written once. The
//! gate, which is half of the work, runs on a thread of its own while the rows before are written. What is out of the ordinary (a change
//! that does not pass, an erasure, a word that does not fit) goes the long way of [`super::take`].

use std::sync::mpsc::{Receiver, sync_channel};

use super::take::{Incoming, Sight};
use crate::app::device::Context;
use crate::app::project::{self, Act, Held};
use crate::command::{Command, CommandResult};
use crate::document::Document;
use crate::document::gate::{self, BaseError, Prepared};
use crate::error::Error;
use crate::id::{ChangeHash, ReportId};
use crate::in_order::InOrder;
use crate::report::ReportContent;
use crate::signature::sha256;
use crate::store::{CommandRow, PersonRow, ReportRecord, SavedContent, Tx};
use crate::sync::message::Digest;

/// From so many reports on a second thread is worth its start.
const ALONE_MAX: usize = 4;

/// Reports that have passed the gate and wait to be written.
const AHEAD_MAX: usize = 16;

type Judged = Result<Prepared, BaseError>;

/// Takes in whatever is new and ordinary. Gives back the rest, in its order.
pub(super) fn take(
    tx: &Tx<'_>,
    context: &Context<'_>,
    sight: &Sight,
    reports: Vec<(ReportId, Incoming)>,
) -> Result<Vec<(ReportId, Incoming)>, Error> {
    let (mut fresh, mut rest) = (Vec::new(), Vec::new());
    let has_quarantine = tx.quarantine_count()? > 0;
    for (report, incoming) in reports {
        if incoming.is_ordinary() && !has_quarantine && tx.report(&report)?.is_none() {
            fresh.push((report, incoming));
        } else {
            rest.push((report, incoming));
        }
    }
    let mut writer = Writer {
        tx,
        context,
        sight,
        names: Digest::default(),
        left: Vec::new(),
    };
    if fresh.len() < ALONE_MAX {
        for (report, incoming) in &fresh {
            let judged = judge(report, incoming);
            writer.write(report, incoming, judged)?;
        }
    } else {
        std::thread::scope(|scope| {
            let (judged, arrived) = sync_channel(AHEAD_MAX);
            let fresh = &fresh;
            scope.spawn(move || {
                for (report, incoming) in fresh {
                    // Nobody listens any more where writing failed.
                    if judged.send(judge(report, incoming)).is_err() {
                        return;
                    }
                }
            });
            writer.write_all(fresh, &arrived)
        })?;
    }
    tx.add_to_feed_digest(&sight.feed, writer.names)?;
    let left = writer.left;
    if left.is_empty() {
        return Ok(rest);
    }
    let mut fresh: Vec<_> = fresh
        .into_iter()
        .filter(|(report, _)| left.contains(report))
        .collect();
    fresh.append(&mut rest);
    Ok(fresh)
}

fn judge(report: &ReportId, incoming: &Incoming) -> Judged {
    let slices: Vec<&[u8]> = incoming.changes.iter().map(Vec::as_slice).collect();
    gate::check_incoming(*report, None, &slices)
}

struct Writer<'a, 'c> {
    tx: &'a Tx<'a>,
    context: &'a Context<'c>,
    sight: &'a Sight,
    /// What the server has too of everything written.
    names: Digest,
    /// Reports that turned out to be out of the ordinary. Nothing of them is written.
    left: Vec<ReportId>,
}

impl Writer<'_, '_> {
    fn write_all(&mut self, fresh: &[(ReportId, Incoming)], judged: &Receiver<Judged>) -> Result<(), Error> {
        for (report, incoming) in fresh {
            // The other thread ends early only by a panic, which the scope passes on.
            let Ok(judged) = judged.recv() else { return Ok(()) };
            self.write(report, incoming, judged)?;
        }
        Ok(())
    }

    fn write(&mut self, report: &ReportId, incoming: &Incoming, judged: Judged) -> Result<(), Error> {
        let ready = match (judged, story(incoming)) {
            (Ok(prepared), Some(story)) => Ready::of(prepared, story),
            _ => None,
        };
        match ready {
            Some(ready) if self.are_people_new(incoming)? => self.insert(report, incoming, ready),
            _ => {
                self.left.push(*report);
                Ok(())
            }
        }
    }

    fn are_people_new(&self, incoming: &Incoming) -> Result<bool, Error> {
        for (id, _) in &incoming.people {
            if self.tx.person(id)?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn insert(&mut self, report: &ReportId, incoming: &Incoming, ready: Ready) -> Result<(), Error> {
        let (tx, feed) = (self.tx, &self.sight.feed);
        let mut record = ReportRecord::new(*report, feed.clone());
        let Ready {
            changes,
            snapshot,
            content,
            story,
        } = ready;
        for change in &changes {
            record.digest.add(&change.0);
        }
        tx.put_document(report, &snapshot, &content)?;
        let saved = SavedContent {
            heads: snapshot.heads.clone(),
            content: Some(content),
        };
        for ((command, result), event) in story.iter().zip(&incoming.events) {
            let is_new = tx.insert_command(&CommandRow {
                id: command.id,
                report: *report,
                signed: event.command.clone(),
                is_own: false,
                result: Some(event.result.clone()),
            })?;
            // Held under another report's name already: that cannot be, and if it is, the digests find it.
            if is_new {
                self.context.arrived.borrow_mut().insert(command.id);
                record.digest.add(&result.body_hash);
            }
        }
        for (id, bytes) in &incoming.people {
            tx.insert_person(&PersonRow {
                id: *id,
                report: *report,
                bytes: bytes.clone(),
                is_own: false,
                is_known: true,
            })?;
            record.digest.add(&sha256(bytes));
        }
        incoming.note_blobs(tx, report)?;
        self.names = self.names.plus(record.digest);
        let mut acts: Vec<Act> = story.into_iter().map(Act::decided).collect();
        acts.order_by_key(Act::order);
        let mut held = Held::new(self.context, record, saved, acts);
        held.weigh_uncovered(|| Ok(Document::load(&snapshot.bytes).ok()))?;
        project::insert(tx, self.context, held, |grid| self.sight.has(Some(grid)))
    }
}

/// A report that can be written as it is.
struct Ready {
    changes: Vec<ChangeHash>,
    snapshot: gate::Snapshot,
    content: ReportContent,
    story: Vec<(Command, CommandResult)>,
}

impl Ready {
    /// `None` where a change did not pass.
    fn of(prepared: Prepared, story: Vec<(Command, CommandResult)>) -> Option<Self> {
        let (Some(snapshot), Some(content)) = (prepared.snapshot, prepared.content) else {
            return None;
        };
        let have_passed = prepared.verdicts.iter().all(gate::Verdict::is_accepted);
        let changes = prepared.accepted.iter().map(|accepted| accepted.facts.hash);
        have_passed.then(|| Self {
            changes: changes.collect(),
            snapshot,
            content,
            story,
        })
    }
}

/// The acts with the words on them; `None` where one does not read or fit.
fn story(incoming: &Incoming) -> Option<Vec<(Command, CommandResult)>> {
    let read = |event: &crate::command::Event| {
        let result = event.result.result().ok()?;
        let command = event.command.command().ok()?;
        let fits = result.body_hash == event.command.hash() && result.command == command.id;
        fits.then_some((command, result))
    };
    incoming.events.iter().map(read).collect()
}

impl Incoming {
    /// Whether it is changes, acts, people and blobs of a report, and nothing else.
    fn is_ordinary(&self) -> bool {
        !self.changes.is_empty() && self.results.is_empty() && self.erased.is_empty() && !self.is_repair
    }
}
