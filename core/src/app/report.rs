//! One whole report, as it is shown.

use super::device::Context;
use super::{AttachmentView, Device, HolderView, PersonView, ReportView, StoryLine, due, list, project};
use crate::directory::Post;
use crate::document::Document;
use crate::error::Error;
use crate::field::{Amendment, Reader};
use crate::id::{PersonRecordId, ReportId};
use crate::person::{mask_name, mask_telephone};
use crate::report::PersonRecord;
use crate::store::{Tx, attachment_path};
use crate::workflow::{Holder, HolderPart};

impl Device {
    /// Everything of a report: content with unsent edits, story, who holds it, what may be done now.
    pub fn report(&self, report: ReportId) -> Result<ReportView, Error> {
        self.read(|tx, context| {
            let held = project::load(tx, context, &report)?.ok_or(Error::NotFound("report"))?;
            let row_json = tx.list_row(&report)?.ok_or(Error::NotFound("report"))?;
            let row = list::named(&row_json, context)?;
            let category = held.content.as_ref().and_then(|content| {
                let id = content.category.as_ref()?;
                context
                    .directory
                    .category(id, content.category_version)
                    .or_else(|| context.directory.category_newest(id))
                    .cloned()
            });
            let holder = held.story.expected.as_ref().map(|matter| &matter.holder);
            let reader = Reader {
                directory: context.directory,
                at: context.now(),
                zone: context.zone(),
            };
            let disputes = held.content.as_ref().map(|content| reader.disputes(content));
            Ok(ReportView {
                deadlines: due::views(held.story.expected.as_ref(), context),
                disputes: disputes.unwrap_or_default(),
                amendments: amendments(tx, &held, &reader)?,
                row,
                category,
                story: story(&held, context),
                attachments: attachments(tx, &held, context)?,
                people: people(tx, &report)?,
                holders: holder.map_or_else(Vec::new, |holder| holders_of(holder, &held, context)),
                permitted: held.permitted(context),
                matter: held.story.matter,
                expected: held.story.expected,
                content: held.content,
            })
        })
    }

    /// A person concerned in clear: the shell asks for it by a tap, never by itself.
    pub fn person_in_clear(&self, person: PersonRecordId) -> Result<PersonRecord, Error> {
        self.read(|tx, _| {
            let row = tx.person(&person)?.ok_or(Error::NotFound("person"))?;
            minicbor::decode(&row.bytes).map_err(|_| Error::NotFound("person"))
        })
    }
}

/// What stands beside what was approved.
fn amendments(tx: &Tx<'_>, held: &project::Held, reader: &Reader<'_>) -> Result<Vec<Amendment>, Error> {
    let matter = held.story.matter.as_ref();
    let approved = matter.filter(|matter| matter.is_amended(held.has_uncovered_changes));
    let Some(heads) = approved.and_then(|matter| matter.approved_heads.as_ref()) else {
        return Ok(Vec::new());
    };
    let document = tx.document(&held.record.report)?;
    let before = document
        .and_then(|snapshot| Document::load(&snapshot.bytes).ok())
        .and_then(|document| document.content_at(heads).ok());
    Ok(before
        .zip(held.content.as_ref())
        .map_or_else(Vec::new, |(before, now)| reader.amendments(&before, now)))
}

fn story(held: &project::Held, context: &Context<'_>) -> Vec<StoryLine> {
    let line = |act: &project::Act| {
        let command = &act.command;
        let person = context.directory.last_known_person(&command.by, context.now());
        StoryLine {
            command: command.id,
            action: command.action.clone(),
            by: command.by.clone(),
            by_name: person.map_or_else(|| command.by.to_string(), |person| person.name.clone()),
            post: command.post.clone(),
            reason: command.reason.clone(),
            text: command.text.clone(),
            at: command.at.judge(),
            received_at: act.result.as_ref().map(|result| result.received_at),
            outcome: act.result.as_ref().map(|result| result.outcome),
            attachments_seen: command.attachments.clone(),
        }
    };
    held.story.acts.iter().map(line).collect()
}

fn attachments(
    tx: &Tx<'_>,
    held: &project::Held,
    context: &Context<'_>,
) -> Result<Vec<AttachmentView>, Error> {
    let mut views = Vec::new();
    let all = held.content.as_ref().map(|content| &content.attachments);
    for (id, reference) in all.into_iter().flatten() {
        let state = tx.blob_state(&reference.blob)?;
        let is_received = tx.is_received(&held.record.report, &reference.blob)?;
        let is_thumbnail_here = match reference.thumbnail {
            Some(blob) => tx.blob_state(&blob)?.is_present,
            None => false,
        };
        let path = |blob| (!context.is_encrypted).then(|| attachment_path(context.folder, blob));
        let sent_bytes = match tx.upload_of(&held.record.report, &reference.blob)? {
            Some(upload) => upload.sent_bytes,
            None if is_received => reference.size_bytes,
            None => 0,
        };
        views.push(AttachmentView {
            id: *id,
            reference: reference.clone(),
            is_thumbnail_here,
            is_here: state.is_present,
            thumbnail_path: reference
                .thumbnail
                .as_ref()
                .filter(|_| is_thumbnail_here)
                .and_then(path),
            path: path(&reference.blob).filter(|_| state.is_present),
            is_received,
            sent_bytes,
        });
    }
    Ok(views)
}

fn people(tx: &Tx<'_>, report: &ReportId) -> Result<Vec<PersonView>, Error> {
    let mut views = Vec::new();
    for row in tx.people(report)? {
        // A record newer than this program is kept and not shown.
        let Ok(record) = minicbor::decode::<PersonRecord>(&row.bytes) else {
            continue;
        };
        views.push(PersonView {
            id: record.id,
            part: record.part,
            name: mask_name(&record.name),
            telephone: record.telephone.as_deref().map(mask_telephone),
            remark: record.remark,
        });
    }
    Ok(views)
}

fn holders_of(holder: &Holder, held: &project::Held, context: &Context<'_>) -> Vec<HolderView> {
    if holder.part != HolderPart::Reporter {
        let mut all = holders(holder, context);
        // An urgent report is the chief's to decide as well, until he has spoken.
        if let Some(matter) = held.story.expected.as_ref().filter(|m| m.is_shared_with_chief) {
            let chief = Holder {
                unit: matter.grid.clone(),
                part: HolderPart::Chief,
            };
            all.extend(holders(&chief, context));
        }
        return all;
    }
    let reporter = held.story.expected.as_ref().map(|matter| &matter.reporter);
    let person = reporter.and_then(|id| context.directory.last_known_person(id, context.now()));
    person
        .map(|person| HolderView {
            person: person.id.clone(),
            name: person.name.clone(),
            telephone: person.telephone.clone(),
        })
        .into_iter()
        .collect()
}

/// The people behind a part at a unit, now.
pub(super) fn holders(holder: &Holder, context: &Context<'_>) -> Vec<HolderView> {
    let (directory, now) = (context.directory, context.now());
    let posts: Vec<&Post> = match holder.part {
        HolderPart::Chief => directory.chiefs_of(&holder.unit, now),
        HolderPart::Room => directory.room_of(&holder.unit, now),
        HolderPart::Department => directory.posts_at(&holder.unit, now),
        HolderPart::Reporter | HolderPart::Nobody => Vec::new(),
    };
    posts
        .into_iter()
        .filter_map(|post| directory.last_known_person(&post.person, now))
        .map(|person| HolderView {
            person: person.id.clone(),
            name: person.name.clone(),
            telephone: person.telephone.clone(),
        })
        .collect()
}
