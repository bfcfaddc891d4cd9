//! What the worker filled in, beside the room's word; pictures, voice notes, notes and people.

use std::collections::BTreeSet;

use xunge_core::attachment::{AttachmentKind, BlobHash};
use xunge_core::command::Urgency;
use xunge_core::directory::FieldKind;
use xunge_core::report::{Answer, DisputedField, PersonPart, ReportContent};
use xunge_core::workflow::Matter;

use super::super::moment::{Moment, Moments};
use super::super::names::Names;
use super::super::words;
use crate::service::ReportStory;

/// The content in words.
pub(crate) struct Content {
    /// What the worker chose, and what the room made of it.
    pub(crate) facts: Vec<Fact>,
    pub(crate) description: String,
    pub(crate) result: String,
    pub(crate) answers: Vec<(String, String)>,
    pub(crate) disputed: Vec<Disputed>,
    pub(crate) pictures: Vec<Picture>,
    pub(crate) voices: Vec<Voice>,
    pub(crate) notes: Vec<NoteLine>,
    pub(crate) people: Vec<PersonLine>,
}

/// One field: the worker's word and, where it differs, the room's.
pub(crate) struct Fact {
    pub(crate) label: &'static str,
    pub(crate) worker: String,
    pub(crate) room: Option<String>,
    /// A number to call.
    pub(crate) telephone: Option<String>,
}

/// A field that two people wrote apart.
pub(crate) struct Disputed {
    pub(crate) label: String,
    pub(crate) values: Vec<String>,
}

/// A picture.
pub(crate) struct Picture {
    pub(crate) id: String,
    pub(crate) role: &'static str,
    /// The thumbnail, or the picture itself where that alone is here.
    pub(crate) small: Option<String>,
    pub(crate) full: Option<String>,
    pub(crate) width_px: u32,
    pub(crate) height_px: u32,
    pub(crate) taken: Option<Moment>,
    pub(crate) is_after: bool,
}

/// A voice note.
pub(crate) struct Voice {
    pub(crate) url: Option<String>,
    pub(crate) role: &'static str,
    pub(crate) length: String,
}

/// A note.
pub(crate) struct NoteLine {
    pub(crate) who: String,
    pub(crate) at: Moment,
    pub(crate) text: String,
}

/// Somebody concerned.
pub(crate) struct PersonLine {
    pub(crate) part: &'static str,
    pub(crate) name: String,
    pub(crate) telephone: Option<String>,
    pub(crate) remark: Option<String>,
}

/// The content of a report; `None` once it was erased.
pub(crate) fn content(story: &ReportStory, names: &Names, moments: Moments) -> Option<Content> {
    let content = story.content.as_ref()?;
    let stored: BTreeSet<BlobHash> = story.blobs.iter().map(|blob| blob.blob).collect();
    let (pictures, voices) = attachments(content, &stored, names, moments);
    let note = |note: &xunge_core::report::Note| NoteLine {
        who: names.person(&note.by),
        at: moments.at(note.written_at),
        text: note.text.clone(),
    };
    let mut notes: Vec<_> = content.notes.values().collect();
    notes.sort_by_key(|note| note.written_at);
    let w = names.lang.words();
    let person = |record: &xunge_core::report::PersonRecord| PersonLine {
        part: match record.part {
            PersonPart::Informant => w.informant,
            PersonPart::Party => w.party,
        },
        name: record.name.clone(),
        telephone: record.telephone.clone(),
        remark: record.remark.clone(),
    };
    Some(Content {
        facts: facts(content, story.matter.as_ref(), names, moments),
        description: content.description.trim().to_owned(),
        result: content.result.trim().to_owned(),
        answers: answers(content, names),
        disputed: content.disputed.iter().map(|d| disputed(d, names)).collect(),
        pictures,
        voices,
        notes: notes.into_iter().map(note).collect(),
        people: story.people.iter().map(person).collect(),
    })
}

fn facts(content: &ReportContent, matter: Option<&Matter>, names: &Names, moments: Moments) -> Vec<Fact> {
    let w = names.lang.words();
    let fact = |label, worker: String, room: Option<String>| Fact {
        room: room.filter(|room| *room != worker),
        label,
        worker,
        telephone: None,
    };
    let urgency = |u: Urgency| match u {
        Urgency::Urgent => w.urgent.to_owned(),
        Urgency::Normal => w.normal.to_owned(),
    };
    let said = matter.map(|m| &m.classification);
    let mut facts = vec![
        fact(
            w.fact_category,
            content
                .category
                .as_ref()
                .map_or(String::new(), |c| names.category(c)),
            said.and_then(|s| s.category.as_ref()).map(|c| names.category(c)),
        ),
        fact(
            w.fact_grid,
            content.grid.as_ref().map_or(String::new(), |g| names.unit(g)),
            said.and_then(|s| s.grid.as_ref()).map(|g| names.unit(g)),
        ),
        fact(
            w.fact_urgency,
            urgency(content.urgency),
            said.and_then(|s| s.urgency).map(urgency),
        ),
    ];
    facts.extend(more(content, matter, names, moments));
    facts
}

/// The facts on which the worker's word and the room's do not stand beside each other.
fn more(content: &ReportContent, matter: Option<&Matter>, names: &Names, moments: Moments) -> Vec<Fact> {
    let (w, lang) = (names.lang.words(), names.lang);
    let plain = |label, worker: String| Fact {
        label,
        worker,
        room: None,
        telephone: None,
    };
    let room = |label, said: String| Fact {
        room: Some(said),
        ..plain(label, String::new())
    };
    let said = matter.map(|m| &m.classification);
    let mut facts = Vec::new();
    if let Some(risk) = said.and_then(|s| s.risk) {
        facts.push(room(w.fact_risk, words::risk(lang, risk).to_owned()));
    }
    if let Some(unit) = said.and_then(|s| s.department.as_ref()) {
        facts.push(room(w.fact_department, names.unit(unit)));
    }
    facts.push(Fact {
        telephone: names.telephone(&content.reporter),
        ..plain(w.fact_reporter, names.person(&content.reporter))
    });
    if !content.place_text.trim().is_empty() {
        facts.push(plain(w.fact_place, content.place_text.trim().to_owned()));
    }
    if let Some(place) = &content.place {
        let accuracy = match place.accuracy_m {
            m if m.is_finite() && m > 0.0 => w.accuracy.replace("{n}", &format!("{m:.0}")),
            _ => w.accuracy_unknown.to_owned(),
        };
        let mock = if place.is_mock { w.is_mock } else { "" };
        let at = format!(
            "{:.5}, {:.5} {accuracy}{mock}",
            place.position.lat_deg, place.position.lon_deg
        );
        facts.push(plain(w.fact_position, at));
    }
    if let Some(at) = content.occurred_at {
        facts.push(plain(w.fact_occurred, moments.at(at).short));
    }
    if let Some(at) = matter.map(|m| m.submitted_at) {
        facts.push(plain(w.fact_received, moments.at(at).short));
    }
    facts.push(plain(
        w.fact_source,
        words::source(lang, content.source).to_owned(),
    ));
    facts
}

fn answers(content: &ReportContent, names: &Names) -> Vec<(String, String)> {
    let w = names.lang.words();
    let category = content.category.as_ref().and_then(|id| {
        let version = names.directory.category(id, content.category_version);
        version.or_else(|| names.directory.category_newest(id))
    });
    let fields = category.map_or(&[][..], |category| category.fields.as_slice());
    let text = |answer: &Answer| match answer {
        Answer::YesNo(true) => w.yes.to_owned(),
        Answer::YesNo(false) => w.no.to_owned(),
        Answer::Number(number) => number.to_string(),
        Answer::Text(text) => text.clone(),
    };
    // Fields in their order on the phone, then what the category does not name.
    let known = fields.iter().filter_map(|field| {
        let answer = content.answers.get(&field.id)?;
        let text = match (&field.kind, answer) {
            (FieldKind::Date, Answer::Text(day)) => day.clone(),
            _ => text(answer),
        };
        Some((field.name.clone(), text))
    });
    let is_unknown = |id: &xunge_core::id::FieldId| fields.iter().all(|field| field.id != *id);
    let others = content.answers.iter().filter(|(id, _)| is_unknown(id));
    known
        .chain(others.map(|(id, answer)| (id.to_string(), text(answer))))
        .collect()
}

fn disputed(field: &DisputedField, names: &Names) -> Disputed {
    let w = names.lang.words();
    let label = match field.field.as_str() {
        "description" => w.fact_words.to_owned(),
        "category" => w.fact_category.to_owned(),
        "grid" => w.fact_grid.to_owned(),
        "urgency" => w.fact_urgency.to_owned(),
        "place_text" => w.fact_place.to_owned(),
        "result" => w.fact_result.to_owned(),
        "occurred_at" => w.fact_occurred.to_owned(),
        other => other.to_owned(),
    };
    let value = |value: &serde_json::Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match field.field.as_str() {
            "grid" => text.parse().map_or(text, |unit| names.unit(&unit)),
            "category" => text.parse().map_or(text, |category| names.category(&category)),
            _ => text,
        }
    };
    Disputed {
        label,
        values: field.values.iter().map(value).collect(),
    }
}

fn attachments(
    content: &ReportContent,
    stored: &BTreeSet<BlobHash>,
    names: &Names,
    moments: Moments,
) -> (Vec<Picture>, Vec<Voice>) {
    let url = |blob: &BlobHash| stored.contains(blob).then(|| format!("/v1/blobs/{blob}"));
    let mut all: Vec<_> = content.attachments.iter().collect();
    all.sort_by_key(|(id, a)| (a.taken_at, **id));
    let (mut pictures, mut voices) = (Vec::new(), Vec::new());
    for (id, attachment) in all {
        let role = words::attachment_role(names.lang, attachment.role);
        let full = url(&attachment.blob);
        if attachment.kind == AttachmentKind::VoiceNote {
            let seconds = attachment.duration_ms.div_ceil(1_000);
            voices.push(Voice {
                url: full,
                role,
                length: names.lang.words().seconds.replace("{n}", &seconds.to_string()),
            });
            continue;
        }
        pictures.push(Picture {
            id: id.to_string(),
            role,
            small: attachment
                .thumbnail
                .as_ref()
                .and_then(url)
                .or_else(|| full.clone()),
            full,
            width_px: attachment.width_px,
            height_px: attachment.height_px,
            taken: attachment.taken_at.map(|at| moments.at(at)),
            is_after: attachment.role == xunge_core::attachment::AttachmentRole::After,
        });
    }
    (pictures, voices)
}
