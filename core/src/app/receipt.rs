//! 回音卡: what became of a matter, for the resident who told of it. Without anybody's name, number or words.
//!
//! Its title is the category's name and its place one that everybody uses: what the worker typed may name people, so it is left out.

use chrono::NaiveDate;

use super::Device;
use super::device::Context;
use super::project::{self, Held};
use crate::attachment::{AttachmentKind, AttachmentRole, BlobHash};
use crate::command::{ActionKind, Outcome};
use crate::error::Error;
use crate::id::ReportId;
use crate::workflow::{Matter, action_words};

/// A picture of a card.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CardPicture {
    /// Names the bytes ([`Device::attachment_bytes`]), which are to be looked through for faces and number plates before they are given
    /// away.
    pub blob: BlobHash,
    /// The thumbnail.
    pub thumbnail: Option<BlobHash>,
    /// Whether the full picture is on this phone.
    pub is_present: bool,
}

/// One step of the way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CardStep {
    /// On which day, in the township's zone.
    pub on: NaiveDate,
    /// What was done, in Chinese.
    pub zh: String,
    /// … and in English.
    pub en: String,
}

/// What became of a matter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReceiptCard {
    /// The category's name.
    pub title: String,
    /// Where: a place name that everybody uses, else the grid.
    pub place: String,
    /// The day on which it was reported.
    pub reported_on: NaiveDate,
    /// The day on which it was closed; `None` while it goes on.
    pub closed_on: Option<NaiveDate>,
    /// The steps that a resident understands, in order.
    pub steps: Vec<CardStep>,
    /// Pictures of how it was.
    pub before: Vec<CardPicture>,
    /// Pictures of how it is.
    pub after: Vec<CardPicture>,
}

/// The acts that are steps on a card.
const STEPS: [ActionKind; 8] = [
    ActionKind::Submit,
    ActionKind::Settle,
    ActionKind::Approve,
    ActionKind::TakeOn,
    ActionKind::Accept,
    ActionKind::Dispatch,
    ActionKind::FeedBack,
    ActionKind::Close,
];

impl Device {
    /// The card of a report.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a report that is not here or whose content is not.
    pub fn receipt_card(&self, report: ReportId) -> Result<ReceiptCard, Error> {
        self.read(|tx, context| {
            let held = project::load(tx, context, &report)?.ok_or(Error::NotFound("report"))?;
            let content = held.content.as_ref().ok_or(Error::NotFound("content"))?;
            let zone = context.zone();
            let pictures = |is_wanted: &dyn Fn(AttachmentRole) -> bool| {
                let mut found = Vec::new();
                let all = content.attachments.values();
                for picture in all.filter(|a| a.kind == AttachmentKind::Picture && is_wanted(a.role)) {
                    found.push(CardPicture {
                        blob: picture.blob,
                        thumbnail: picture.thumbnail,
                        is_present: tx.blob_state(&picture.blob)?.is_present,
                    });
                }
                Ok::<_, Error>(found)
            };
            let matter = held.story.matter.as_ref();
            let reported_at = matter.map_or(content.created_at, |matter| matter.submitted_at);
            Ok(ReceiptCard {
                title: category_name(context, &held),
                place: place(context, &held),
                reported_on: reported_at.day_in(zone),
                closed_on: matter.and_then(|m| m.closed_at).map(|at| at.day_in(zone)),
                steps: steps(context, &held),
                before: pictures(&|role| {
                    use AttachmentRole as R;
                    matches!(role, R::Scene | R::Near | R::Far | R::Before)
                })?,
                after: pictures(&|role| role == AttachmentRole::After)?,
            })
        })
    }
}

fn category_name(context: &Context<'_>, held: &Held) -> String {
    let by_room = held.story.matter.as_ref().map(|matter| &matter.category);
    let chosen = held
        .content
        .as_ref()
        .and_then(|content| content.category.as_ref());
    let known = by_room
        .or(chosen)
        .and_then(|id| context.directory.category_newest(id));
    known.map_or_else(String::new, |category| category.name.clone())
}

/// The local name that the worker chose, where the directory has it; else the grid's name.
fn place(context: &Context<'_>, held: &Held) -> String {
    let typed = held
        .content
        .as_ref()
        .map_or("", |content| content.place_text.trim());
    let now = context.now();
    let mut known = context.directory.place_names(now).map(|place| place.name.trim());
    if !typed.is_empty() && known.any(|name| name == typed) {
        return typed.to_owned();
    }
    let by_room = held.story.matter.as_ref().map(|matter| &matter.grid);
    let chosen = held.content.as_ref().and_then(|content| content.grid.as_ref());
    let unit = by_room
        .or(chosen)
        .and_then(|grid| context.directory.last_known_unit(grid, now));
    unit.map_or_else(String::new, |unit| unit.name.clone())
}

/// Accepted steps that were not taken back, by the server's receipt; what is done again counts once, the last time.
fn steps(context: &Context<'_>, held: &Held) -> Vec<CardStep> {
    let matter = held.story.matter.as_ref();
    let standing = matter.map_or(Vec::new(), Matter::standing_steps);
    let stands = |command| standing.iter().any(|step| step.command == command);
    let mut steps: Vec<(ActionKind, CardStep)> = Vec::new();
    for act in &held.story.acts {
        let kind = act.command.action.kind();
        let Some(result) = act
            .result
            .as_ref()
            .filter(|result| result.outcome == Outcome::Accepted)
        else {
            continue;
        };
        if STEPS.contains(&kind) && stands(act.command.id) {
            let (zh, en) = action_words(kind);
            steps.retain(|(held, _)| *held != kind);
            steps.push((
                kind,
                CardStep {
                    on: result.received_at.day_in(context.zone()),
                    zh: zh.to_owned(),
                    en: en.to_owned(),
                },
            ));
        }
    }
    steps.into_iter().map(|(_, step)| step).collect()
}
