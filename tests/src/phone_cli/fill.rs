//! Filling in a draft or a report from what was typed.

use std::path::PathBuf;

use xunge_core::app::{MediaSource, PersonEntry};
use xunge_core::attachment::AttachmentRole;
use xunge_core::command::Urgency;
use xunge_core::directory::{FieldKind, FieldSpec};
use xunge_core::document::FieldEdit;
use xunge_core::grid::GridAnswer;
use xunge_core::id::{CategoryId, FieldId, ReportId, UnitId};
use xunge_core::place::PlaceClaim;
use xunge_core::report::{Answer, PersonPart};

use super::args::Content;
use super::run::{Failure, Session};

/// Writes everything that was typed into a draft, or into a report that was handed in. What fits is kept even where something else does
/// not; the first thing that did not is the failure.
pub(super) fn fill(session: &Session, report: ReportId, content: &Content) -> Result<(), Failure> {
    let device = &session.device;
    let is_draft = device.drafts()?.iter().any(|d| d.report == report);
    let (mut edits, mut failures) = (Vec::new(), Vec::new());
    for edit in typed(session, content) {
        match edit {
            Ok(edit) => edits.push(edit),
            Err(failure) => failures.push(failure),
        }
    }
    if let Some(claim) = content.claim()
        && content.grid.is_none()
        && is_draft
    {
        match grid_at(session, &claim) {
            Ok(edit) => edits.push(edit),
            Err(failure) => failures.push(failure),
        }
    }
    save(session, report, is_draft, &edits)?;
    // The category decides what the fields take, so that it is written first.
    let specs = fields_of(session, report, is_draft)?;
    let mut answers = Vec::new();
    for (key, value) in &content.field {
        match answer(&specs, key, value) {
            Some(edit) => answers.push(edit),
            None => failures.push(session.said("没有这个字段：", "no such field: ", key)),
        }
    }
    save(session, report, is_draft, &answers)?;
    let scene = |path: &PathBuf| (path.clone(), AttachmentRole::Scene);
    let after = |path: &PathBuf| (path.clone(), AttachmentRole::After);
    for (path, role) in content
        .photo
        .iter()
        .map(scene)
        .chain(content.after_photo.iter().map(after))
    {
        let added = device.add_picture(report, &MediaSource::Path(path), role);
        failures.extend(added.err().map(Failure::from));
    }
    for path in &content.voice {
        let added = device.add_voice_note(report, &MediaSource::Path(path.clone()), AttachmentRole::Scene);
        failures.extend(added.err().map(Failure::from));
    }
    for text in &content.person {
        failures.extend(device.add_person(report, &person(text)).err().map(Failure::from));
    }
    match failures.into_iter().next() {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

fn save(session: &Session, report: ReportId, is_draft: bool, edits: &[FieldEdit]) -> Result<(), Failure> {
    match (edits.is_empty(), is_draft) {
        (true, _) => Ok(()),
        (false, true) => Ok(session.device.edit_draft(report, edits)?),
        (false, false) => Ok(session.device.edit(report, edits)?),
    }
}

/// The single fields that were typed, each as an edit or as the reason why it is none.
fn typed(session: &Session, content: &Content) -> Vec<Result<FieldEdit, Failure>> {
    let mut edits = Vec::new();
    if let Some(text) = &content.category {
        let named = category_named(session, text);
        edits.push(named.map(|(category, version)| FieldEdit::SetCategory { category, version }));
    }
    if let Some(text) = &content.grid {
        edits.push(unit_named(session, text).map(|grid| FieldEdit::SetGrid(Some(grid))));
    }
    let urgency = match (content.urgent, content.not_urgent) {
        (true, _) => Some(Urgency::Urgent),
        (_, true) => Some(Urgency::Normal),
        _ => None,
    };
    let plain = [
        content.text.clone().map(FieldEdit::SetDescription),
        content.place.clone().map(FieldEdit::SetPlaceText),
        content.claim().map(|claim| FieldEdit::SetPlace(Some(claim))),
        content.when.map(|at| FieldEdit::SetOccurredAt(Some(at))),
        content.source.map(FieldEdit::SetSource),
        urgency.map(FieldEdit::SetUrgency),
    ];
    edits.extend(plain.into_iter().flatten().map(Ok));
    edits
}

/// The most categories that are named to somebody who named none.
const NAMED_MAX: usize = 60;

fn category_named(session: &Session, text: &str) -> Result<(CategoryId, u32), Failure> {
    let directory = session.device.directory()?;
    let offered = directory.categories_offered(session.now());
    let found = offered
        .iter()
        .find(|c| c.id.as_str() == text || c.name == text)
        .map(|c| (c.id.clone(), c.version));
    found.ok_or_else(|| {
        let names: Vec<&str> = offered.iter().take(NAMED_MAX).map(|c| c.name.as_str()).collect();
        let all = names.join(session.words.comma());
        let ask = session.words.pick("可选：", "choose one of: ");
        session.said(
            "没有这个类别：",
            "no such category: ",
            &format!("{text}\n{ask}{all}"),
        )
    })
}

/// The unit with this code or name.
pub(super) fn unit_named(session: &Session, text: &str) -> Result<UnitId, Failure> {
    let directory = session.device.directory()?;
    let mut units = directory.units(session.now());
    let found = units.find(|u| u.id.as_str() == text || u.name == text);
    found
        .map(|u| u.id.clone())
        .ok_or_else(|| session.said("没有这个单位：", "no such unit: ", text))
}

/// The fields of the category that a draft or report has now.
fn fields_of(session: &Session, report: ReportId, is_draft: bool) -> Result<Vec<FieldSpec>, Failure> {
    let content = match is_draft {
        true => Some(session.device.draft(report)?.content),
        false => session.device.report(report)?.content,
    };
    let directory = session.device.directory()?;
    let category = content.and_then(|c| directory.category(&c.category?, c.category_version).cloned());
    Ok(category.map(|category| category.fields).unwrap_or_default())
}

/// An answer of the kind that the category declares, by the field's label or id; for unknown fields by its looks.
fn answer(specs: &[FieldSpec], key: &str, value: &str) -> Option<FieldEdit> {
    let spec = specs
        .iter()
        .find(|spec| spec.name == key || spec.id.as_str() == key);
    let field = spec.map_or_else(|| FieldId::new(key).ok(), |spec| Some(spec.id.clone()))?;
    let number = || value.parse::<f64>().map(Answer::Number).ok();
    let yes_no = || match value {
        "是" | "有" | "yes" | "true" => Some(Answer::YesNo(true)),
        "否" | "无" | "no" | "false" => Some(Answer::YesNo(false)),
        _ => None,
    };
    let text = || Answer::Text(value.to_owned());
    let answer = match spec.map(|spec| &spec.kind) {
        Some(FieldKind::Number { .. }) => number().unwrap_or_else(text),
        Some(FieldKind::YesNo) => yes_no().unwrap_or_else(text),
        Some(_) => text(),
        None => number().or_else(yes_no).unwrap_or_else(text),
    };
    Some(FieldEdit::SetAnswer {
        field,
        answer: Some(answer),
    })
}

/// The grid of a position where there is no doubt; otherwise the person is asked, as the app would.
fn grid_at(session: &Session, claim: &PlaceClaim) -> Result<FieldEdit, Failure> {
    let grid = match session.device.locate(claim)? {
        GridAnswer::Inside { grid } => return Ok(FieldEdit::SetGrid(Some(grid))),
        GridAnswer::Ask { candidates } => candidates,
        _ => {
            let what = session.said(
                "位置不在任何网格里，请用 --grid 写明",
                "outside every grid: name it with --grid",
                "",
            );
            return Err(what);
        }
    };
    let directory = session.device.directory()?;
    let names: Vec<String> = grid
        .iter()
        .map(|c| {
            let unit = directory.unit(&c.grid, session.now());
            unit.map_or_else(|| c.grid.to_string(), |unit| format!("{} {}", unit.id, unit.name))
        })
        .collect();
    let ask = session.said(
        "在边界附近，请用 --grid 选一个：",
        "near a border, choose with --grid: ",
        &names.join(session.words.comma()),
    );
    Err(ask)
}

/// A person concerned from `name,telephone,part`; telephone and part may be left out.
pub(super) fn person(text: &str) -> PersonEntry {
    let mut parts = text.split([',', '，']).map(str::trim);
    let name = parts.next().unwrap_or_default().to_owned();
    let telephone = parts.next().filter(|t| !t.is_empty()).map(str::to_owned);
    let part = match parts.next() {
        Some("informant" | "告知人" | "举报人") => PersonPart::Informant,
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
