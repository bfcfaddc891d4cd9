//! Drafts: begun with their code, saved field by field, cleared by nobody but the worker.

use super::device::Context;
use super::{Device, DraftRow, PersonEntry};
use crate::code::{self, Distinct, Tag};
use crate::document::FieldEdit;
use crate::draft::{self, Draft};
use crate::error::Error;
use crate::id::{PersonRecordId, ReportId, UnitId};
use crate::json;
use crate::place::PlaceClaim;
use crate::report::PersonRecord;
use crate::store::{DraftState, Tx};
use crate::time::Timestamp;

/// What a person record's row begins with; every other row is an edit.
const PERSON_FIELD: &str = "person_record/";

impl Device {
    /// Begins a report: it has its name and its code from now on, and lies only on this phone.
    pub fn begin_draft(&self) -> Result<ReportId, Error> {
        self.write(|tx, context| {
            let report = context.fresh(|rng| ReportId::random(rng));
            let row = DraftState {
                report,
                code: new_code(tx, context)?,
                created_at_ms: context.now_ms(),
                updated_at_ms: context.now_ms(),
            };
            tx.insert_draft(&row)?;
            Ok(report)
        })
    }

    /// What is filled in so far.
    pub fn draft(&self, report: ReportId) -> Result<Draft, Error> {
        self.read(|tx, context| load(tx, context, &report)?.ok_or(Error::NotFound("draft")))
    }

    /// All drafts, the last touched first.
    pub fn drafts(&self) -> Result<Vec<DraftRow>, Error> {
        self.read(|tx, context| {
            let mut rows = Vec::new();
            for row in tx.drafts()? {
                let draft = filled(tx, context, &row)?;
                rows.push(DraftRow {
                    report: row.report,
                    code: row.code,
                    title: draft::title(&draft.content, context.directory),
                    attachment_count: u32::try_from(draft.content.attachments.len()).unwrap_or(u32::MAX),
                    created_at: Timestamp(row.created_at_ms),
                    saved_at: Timestamp(row.updated_at_ms),
                });
            }
            Ok(rows)
        })
    }

    /// Saves fields; durable when this returns.
    pub fn edit_draft(&self, report: ReportId, edits: &[FieldEdit]) -> Result<(), Error> {
        self.write(|tx, context| {
            tx.draft(&report)?.ok_or(Error::NotFound("draft"))?;
            save_edits(tx, &report, edits, context.now_ms())
        })
    }

    /// Saves where the phone is, and the grid where the position leaves no doubt and none is chosen yet.
    pub fn set_place(&self, report: ReportId, claim: PlaceClaim) -> Result<(), Error> {
        let answer = self.locate(&claim)?;
        let draft = self.draft(report)?;
        let mut edits = vec![FieldEdit::SetPlace(Some(claim))];
        if draft.content.grid.is_none()
            && let crate::grid::GridAnswer::Inside { grid } = answer
        {
            edits.push(FieldEdit::SetGrid(Some(grid)));
        }
        self.edit_draft(report, &edits)
    }

    /// Adds somebody concerned. Kept apart from the content, so that it can be erased; a correction is a new entry.
    ///
    /// # Errors
    /// [`Error::Person`] with everything that is wrong with the entry.
    pub fn add_person(&self, report: ReportId, entry: &PersonEntry) -> Result<PersonRecordId, Error> {
        self.write(|tx, context| {
            let record = PersonRecord {
                id: context.fresh(|rng| PersonRecordId::random(rng)),
                report,
                part: entry.part,
                name: entry.name.trim().to_owned(),
                telephone: entry.telephone.clone(),
                remark: entry.remark.clone(),
                corrects: None,
            };
            record.check().map_err(Error::Person)?;
            let edit = FieldEdit::AddPerson {
                id: record.id,
                part: record.part,
            };
            if tx.draft(&report)?.is_some() {
                let json = serde_json::to_string(&record).expect("a record is plain JSON");
                tx.put_draft_edit(&report, &format!("{PERSON_FIELD}{}", record.id), &json)?;
                save_edits(tx, &report, &[edit], context.now_ms())?;
            } else {
                super::submit::keep_person(tx, &record, context.now_ms())?;
                super::act::write_edits(tx, context, &report, &[edit])?;
            }
            Ok(record.id)
        })
    }

    /// Takes somebody out of a draft again.
    pub fn remove_person(&self, report: ReportId, person: PersonRecordId) -> Result<(), Error> {
        self.write(|tx, context| {
            tx.draft(&report)?.ok_or(Error::NotFound("draft"))?;
            tx.delete_draft_edit(&report, &format!("{PERSON_FIELD}{person}"))?;
            save_edits(tx, &report, &[FieldEdit::RemovePerson(person)], context.now_ms())
        })
    }

    /// Throws a draft away with its attachments: only the worker does that.
    pub fn discard_draft(&self, report: ReportId) -> Result<(), Error> {
        let orphans = self.write(|tx, _| {
            if !tx.delete_draft(&report)? {
                return Err(Error::NotFound("draft"));
            }
            Ok(tx.purge_report(&report)?)
        })?;
        self.remove_files(&orphans)
    }
}

/// The draft as filled in; `None` where there is none of this name.
pub(super) fn load(tx: &Tx<'_>, context: &Context<'_>, report: &ReportId) -> Result<Option<Draft>, Error> {
    tx.draft(report)?.map(|row| filled(tx, context, &row)).transpose()
}

fn filled(tx: &Tx<'_>, context: &Context<'_>, row: &DraftState) -> Result<Draft, Error> {
    let identity = context.identity;
    let mut draft = Draft::begin(
        row.report,
        row.code.clone(),
        identity.township.clone(),
        identity.person.clone(),
        Timestamp(row.created_at_ms),
    );
    draft.saved_at = Timestamp(row.updated_at_ms);
    for (field, json) in tx.draft_edits(&row.report)? {
        if field.starts_with(PERSON_FIELD) {
            draft.people.extend(json::read::<PersonRecord>(&json));
        } else if let Ok(edit) = json::read::<FieldEdit>(&json) {
            edit.apply_to(&mut draft.content);
        }
        // What a newer program wrote stays in its row for that program.
    }
    Ok(draft)
}

/// Writes one row per field; what takes something away removes its row.
pub(super) fn save_edits(
    tx: &Tx<'_>,
    report: &ReportId,
    edits: &[FieldEdit],
    now_ms: i64,
) -> Result<(), Error> {
    for edit in edits {
        match edit {
            FieldEdit::RemoveAttachment(id) => {
                tx.delete_draft_edit(report, &format!("add_attachment/{id}"))?;
            }
            FieldEdit::RemovePerson(id) => tx.delete_draft_edit(report, &format!("add_person/{id}"))?,
            _ => {
                let json = serde_json::to_string(edit).expect("an edit is plain JSON");
                tx.put_draft_edit(report, &field_of(edit), &json)?;
            }
        }
    }
    Ok(tx.touch_draft(report, now_ms)?)
}

/// The row that an edit is saved in. Set in stone: drafts lie in databases under these names.
fn field_of(edit: &FieldEdit) -> String {
    match edit {
        FieldEdit::SetCategory { .. } => "set_category".into(),
        FieldEdit::SetGrid(_) => "set_grid".into(),
        FieldEdit::SetDescription(_) => "set_description".into(),
        FieldEdit::SetOccurredAt(_) => "set_occurred_at".into(),
        FieldEdit::SetPlace(_) => "set_place".into(),
        FieldEdit::SetPlaceText(_) => "set_place_text".into(),
        FieldEdit::SetUrgency(_) => "set_urgency".into(),
        FieldEdit::SetSource(_) => "set_source".into(),
        FieldEdit::SetChannel(_) => "set_channel".into(),
        FieldEdit::SetResult(_) => "set_result".into(),
        FieldEdit::SetAnswer { field, .. } => format!("set_answer/{field}"),
        FieldEdit::AddAttachment { id, .. } => format!("add_attachment/{id}"),
        FieldEdit::RemoveAttachment(id) => format!("remove_attachment/{id}"),
        FieldEdit::AddNote { id, .. } => format!("add_note/{id}"),
        FieldEdit::AddPerson { id, .. } => format!("add_person/{id}"),
        FieldEdit::RemovePerson(id) => format!("remove_person/{id}"),
    }
}

/// A code for a report that begins now, in the first grid of the person's posts (else the township): the parts are for the eye.
pub(super) fn new_code(tx: &Tx<'_>, context: &Context<'_>) -> Result<String, Error> {
    let now = context.now();
    let unit = context
        .directory
        .posts_of(context.me(), now)
        .into_iter()
        .map(|post| post.unit.clone())
        .find(|unit| {
            context
                .directory
                .unit(unit, now)
                .is_some_and(|u| u.kind.is_grid())
        })
        .unwrap_or_else(|| context.identity.township.clone());
    let day = now.day_in(zone(context, &unit));
    let tag: Option<Tag> = tx
        .current_actor()?
        .and_then(|actor| actor.tag)
        .and_then(|tag| tag.parse().ok());
    Ok(match tag {
        Some(tag) => {
            let number = u32::try_from(tx.next_code_number()?).unwrap_or(u32::MAX);
            code::make(&unit, day, Distinct::Tag(tag, number))
        }
        None => context.fresh(|rng| code::make(&unit, day, Distinct::Random(rng))),
    })
}

fn zone(context: &Context<'_>, unit: &UnitId) -> chrono_tz::Tz {
    context.directory.policy(unit, context.now()).zone
}
