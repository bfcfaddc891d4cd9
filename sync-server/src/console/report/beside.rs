//! What stands beside a report for who decides: what the rules say, what may be the same matter, what changed since an approval, who else
//! has it open.

use xunge_core::attachment::{AttachmentRole, BlobHash};
use xunge_core::command::Urgency;
use xunge_core::directory::Role;
use xunge_core::report::ReportContent;
use xunge_core::routing::Route;

use super::super::desk::Desk;
use super::super::queue::{Row, row_of};
use super::super::room::rules::route_parts;
use super::super::words;
use crate::service::{Amendment, Candidate, NearWorker, ReportRef, ReportStory, Service, route_of};
use crate::{Caller, ServiceError};

/// What was read beside a report.
#[derive(Default)]
pub(crate) struct Beside {
    pub(crate) route: Option<Route>,
    pub(crate) same: Vec<Candidate>,
    pub(crate) amendment: Option<Amendment>,
    pub(crate) near: Vec<NearWorker>,
    /// Who else has it open.
    pub(crate) handled_by: Option<xunge_core::id::PersonId>,
}

impl Beside {
    /// Reads what the person may see of it: the room all of it, others what changed since an approval.
    pub(crate) fn read(
        service: &Service,
        caller: &Caller,
        story: &ReportStory,
        is_room: bool,
    ) -> Result<Self, ServiceError> {
        let report = ReportRef::Id(story.row.report);
        let amendment = match story.row.is_amended {
            true => service.amendment(caller, &report)?,
            false => None,
        };
        if !is_room || story.is_erased {
            return Ok(Self {
                amendment,
                ..Self::default()
            });
        }
        let directory = service.directory()?;
        let is_open = story.row.state.is_open();
        Ok(Self {
            route: route_of(story, &directory, service.now()).filter(|_| is_open),
            same: match is_open {
                true => service.candidates(caller, &report)?,
                false => Vec::new(),
            },
            near: service.near_workers(caller, &report)?,
            handled_by: match is_open {
                true => service.attend(caller, &report, false)?,
                false => None,
            },
            amendment,
        })
    }
}

/// Another report that may be about the same matter.
pub(crate) struct SameView {
    pub(crate) row: Row,
    pub(crate) far: String,
}

/// A field that changed since the approval.
pub(crate) struct AmendedView {
    pub(crate) label: String,
    pub(crate) was: String,
    pub(crate) is: String,
}

/// All of it in words.
pub(crate) struct BesideView {
    pub(crate) route: Vec<(String, String)>,
    pub(crate) overruled: Vec<String>,
    pub(crate) same: Vec<SameView>,
    pub(crate) amended: Vec<AmendedView>,
    pub(crate) handled_by: Option<String>,
}

/// What stands beside a report, in words.
pub(crate) fn beside(desk: &Desk, story: &ReportStory, read: &Beside) -> BesideView {
    let (r, names) = (desk.lang.room(), desk.names());
    let moments = desk.moments(Some(&story.feed));
    let same = |candidate: &Candidate| SameView {
        row: row_of(&candidate.row, &names, moments),
        far: candidate.distance_m.map_or_else(
            || r.same_grid.to_owned(),
            |metres| r.same_far.replace("{n}", &format!("{metres:.0}")),
        ),
    };
    let route = read.route.as_ref();
    BesideView {
        route: route.map_or(Vec::new(), |route| route_parts(route, desk)),
        overruled: route.map_or(Vec::new(), |route| {
            let told = route.overruled.iter();
            told.map(|told| r.route_other.replace("{a}", &told.rule))
                .collect()
        }),
        same: read.same.iter().map(same).collect(),
        amended: read
            .amendment
            .as_ref()
            .map_or(Vec::new(), |change| amended(desk, change)),
        handled_by: read
            .handled_by
            .as_ref()
            .map(|person| r.handled_by.replace("{p}", &names.person(person))),
    }
}

/// Whether somebody sits in a room.
pub(crate) fn is_room(desk: &Desk) -> bool {
    desk.holds(Role::is_room)
}

/// The fields of a content that may change after an approval, as labels and texts.
fn told(desk: &Desk, content: &ReportContent) -> Vec<(String, String)> {
    let (w, r, names) = (desk.lang.words(), desk.lang.room(), desk.names());
    let moments = desk.moments(None);
    let mut fields = vec![
        (
            w.fact_category.to_owned(),
            content
                .category
                .as_ref()
                .map_or(String::new(), |id| names.category(id)),
        ),
        (
            w.fact_grid.to_owned(),
            content.grid.as_ref().map_or(String::new(), |id| names.unit(id)),
        ),
        (
            w.fact_urgency.to_owned(),
            match content.urgency {
                Urgency::Urgent => w.urgent.to_owned(),
                Urgency::Normal => w.normal.to_owned(),
            },
        ),
        (w.fact_words.to_owned(), content.description.trim().to_owned()),
        (w.fact_place.to_owned(), content.place_text.trim().to_owned()),
        (w.fact_result.to_owned(), content.result.trim().to_owned()),
        (
            w.fact_occurred.to_owned(),
            content
                .occurred_at
                .map_or(String::new(), |at| moments.at(at).full),
        ),
        (
            r.amended_pictures.to_owned(),
            r.amended_count
                .replace("{n}", &content.attachments.len().to_string()),
        ),
    ];
    let position = content
        .place
        .map(|place| format!("{:.5}, {:.5}", place.position.lat_deg, place.position.lon_deg));
    fields.push((w.fact_position.to_owned(), position.unwrap_or_default()));
    fields
}

fn amended(desk: &Desk, change: &Amendment) -> Vec<AmendedView> {
    let mut found: Vec<AmendedView> = told(desk, &change.approved)
        .into_iter()
        .zip(told(desk, &change.now))
        .filter(|(was, is)| was.1 != is.1)
        .map(|((label, was), (_, is))| AmendedView { label, was, is })
        .collect();
    let ids = change.approved.answers.keys().chain(change.now.answers.keys());
    let ids: std::collections::BTreeSet<_> = ids.collect();
    for id in ids {
        let said = |content: &ReportContent| {
            let json = content
                .answers
                .get(id)
                .map(|answer| serde_json::to_string(answer).unwrap_or_default());
            json.unwrap_or_default().trim_matches('"').to_owned()
        };
        let (was, is) = (said(&change.approved), said(&change.now));
        if was != is {
            found.push(AmendedView {
                label: id.to_string(),
                was,
                is,
            });
        }
    }
    found
}

/// The pictures that a decision saw: thumbnails where they are here.
pub(crate) fn seen_pictures(
    desk: &Desk,
    story: &ReportStory,
    attachments: &[xunge_core::id::AttachmentId],
) -> Vec<(String, &'static str)> {
    let Some(content) = &story.content else {
        return Vec::new();
    };
    let is_stored = |hash: &BlobHash| story.blobs.iter().any(|blob| blob.blob == *hash);
    let seen = attachments.iter().filter_map(|id| content.attachments.get(id));
    seen.filter(|a| a.role != AttachmentRole::Return)
        .filter_map(|a| {
            let hash = a
                .thumbnail
                .filter(|hash| is_stored(hash))
                .or(Some(a.blob).filter(|hash| is_stored(hash)))?;
            Some((
                format!("/v1/blobs/{hash}"),
                words::attachment_role(desk.lang, a.role),
            ))
        })
        .collect()
}
