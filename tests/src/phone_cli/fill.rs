//! Filling in a draft or a report from what was typed.

use xunge_core::app::{MediaSource, PersonEntry};
use xunge_core::attachment::AttachmentRole;
use xunge_core::command::Urgency;
use xunge_core::directory::FieldKind;
use xunge_core::document::FieldEdit;
use xunge_core::grid::{Candidate, GridAnswer};
use xunge_core::id::{CategoryId, FieldId, ReportId, UnitId};
use xunge_core::report::{Answer, PersonPart};
use xunge_core::time::{Clock, SystemClock};

use super::args::Content;
use super::run::{Failure, Session};

/// Writes everything that was typed into a draft, or into a report that was handed in.
pub(super) fn fill(session: &Session, report: ReportId, content: &Content) -> Result<(), Failure> {
    let device = &session.device;
    let is_draft = device.drafts()?.iter().any(|d| d.report == report);
    let mut edits = edits(session, content)?;
    if let Some(claim) = content.claim() {
        edits.push(FieldEdit::SetPlace(Some(claim)));
        if content.grid.is_none() && is_draft {
            edits.extend(grid_at(session, &claim)?);
        }
    }
    if !edits.is_empty() {
        match is_draft {
            true => device.edit_draft(report, &edits)?,
            false => device.edit(report, &edits)?,
        }
    }
    for path in &content.photo {
        device.add_picture(report, &MediaSource::Path(path.clone()), AttachmentRole::Scene)?;
    }
    for path in &content.after_photo {
        device.add_picture(report, &MediaSource::Path(path.clone()), AttachmentRole::After)?;
    }
    for path in &content.voice {
        device.add_voice_note(report, &MediaSource::Path(path.clone()), AttachmentRole::Scene)?;
    }
    for text in &content.person {
        device.add_person(report, &person(text))?;
    }
    Ok(())
}

fn edits(session: &Session, content: &Content) -> Result<Vec<FieldEdit>, Failure> {
    let mut edits = Vec::new();
    if let Some(text) = &content.category {
        let (category, version) = category_named(session, text)?;
        edits.push(FieldEdit::SetCategory { category, version });
    }
    if let Some(text) = &content.text {
        edits.push(FieldEdit::SetDescription(text.clone()));
    }
    if let Some(text) = &content.grid {
        edits.push(FieldEdit::SetGrid(Some(unit_named(session, text)?)));
    }
    if let Some(text) = &content.place {
        edits.push(FieldEdit::SetPlaceText(text.clone()));
    }
    if content.urgent {
        edits.push(FieldEdit::SetUrgency(Urgency::Urgent));
    }
    for (key, value) in &content.field {
        edits.push(answer(session, content.category.as_deref(), key, value)?);
    }
    Ok(edits)
}

fn category_named(session: &Session, text: &str) -> Result<(CategoryId, u32), Failure> {
    let directory = session.device.directory()?;
    let offered = directory.categories_offered(SystemClock.read().wall_at);
    let found = offered
        .into_iter()
        .find(|c| c.id.as_str() == text || c.name == text);
    found.map(|c| (c.id.clone(), c.version)).ok_or_else(|| {
        Failure::Unknown(format!(
            "{} `{text}`",
            session.words.pick("没有这个类别：", "no such category:")
        ))
    })
}

/// The unit with this code or name.
pub(super) fn unit_named(session: &Session, text: &str) -> Result<UnitId, Failure> {
    let directory = session.device.directory()?;
    let now = SystemClock.read().wall_at;
    let found = directory
        .units(now)
        .find(|u| u.id.as_str() == text || u.name == text)
        .map(|u| u.id.clone());
    found.ok_or_else(|| {
        Failure::Unknown(format!(
            "{} `{text}`",
            session.words.pick("没有这个单位：", "no such unit:")
        ))
    })
}

/// An answer of the kind that the category declares; for unknown fields by its looks.
fn answer(session: &Session, category: Option<&str>, key: &str, value: &str) -> Result<FieldEdit, Failure> {
    let field = FieldId::new(key).map_err(|e| Failure::Unknown(e.to_string()))?;
    let mut kind = None;
    if let Some(text) = category {
        let (id, version) = category_named(session, text)?;
        let directory = session.device.directory()?;
        let fields = directory
            .category(&id, version)
            .map(|c| c.fields.clone())
            .unwrap_or_default();
        kind = fields.into_iter().find(|f| f.id == field).map(|f| f.kind);
    }
    let number = || value.parse::<f64>().map(Answer::Number).ok();
    let yes_no = || match value {
        "是" | "有" | "yes" | "true" => Some(Answer::YesNo(true)),
        "否" | "无" | "no" | "false" => Some(Answer::YesNo(false)),
        _ => None,
    };
    let text = || Answer::Text(value.to_owned());
    let answer = match kind {
        Some(FieldKind::Number { .. }) => number().unwrap_or_else(text),
        Some(FieldKind::YesNo) => yes_no().unwrap_or_else(text),
        Some(_) => text(),
        None => number().or_else(yes_no).unwrap_or_else(text),
    };
    Ok(FieldEdit::SetAnswer {
        field,
        answer: Some(answer),
    })
}

/// The grid of a position where there is no doubt; otherwise the person is asked, as the app would.
fn grid_at(session: &Session, claim: &xunge_core::place::PlaceClaim) -> Result<Option<FieldEdit>, Failure> {
    let names = |grids: &[Candidate]| {
        grids
            .iter()
            .map(|c| c.grid.to_string())
            .collect::<Vec<_>>()
            .join("、")
    };
    match session.device.locate(claim)? {
        GridAnswer::Inside { grid } => Ok(Some(FieldEdit::SetGrid(Some(grid)))),
        GridAnswer::Ask { candidates } => Err(Failure::Unknown(format!(
            "{} {}",
            session.words.pick(
                "在边界附近，请用 --grid 选一个：",
                "near a border, choose with --grid:"
            ),
            names(&candidates)
        ))),
        _ => Err(Failure::Unknown(
            session
                .words
                .pick(
                    "位置不在任何网格里，请用 --grid 写明",
                    "outside every grid: name it with --grid",
                )
                .to_owned(),
        )),
    }
}

/// A person concerned from `name,telephone,part`; telephone and part may be left out.
pub(super) fn person(text: &str) -> PersonEntry {
    let mut parts = text.split([',', '，']).map(str::trim);
    let name = parts.next().unwrap_or_default().to_owned();
    let telephone = parts.next().filter(|t| !t.is_empty()).map(str::to_owned);
    let part = match parts.next() {
        Some("informant" | "举报人" | "告知人") => PersonPart::Informant,
        _ => PersonPart::Party,
    };
    PersonEntry {
        part,
        name,
        telephone,
        remark: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_may_be_a_name_alone_or_name_telephone_and_part() {
        let alone = person("李四");
        assert_eq!(
            (alone.name.as_str(), alone.telephone, alone.part),
            ("李四", None, PersonPart::Party)
        );
        let whole = person("李四,19955501001,informant");
        assert_eq!(
            (whole.telephone.as_deref(), whole.part),
            (Some("19955501001"), PersonPart::Informant)
        );
    }
}
