//! What must hold once everything has gone quiet (the oracles of the research note on sync engines, 4.8).

use std::collections::{BTreeMap, BTreeSet};

use xunge_core::app::{AttentionItem, Device, ListQuery, ReportView, Tab};
use xunge_core::command::{ActionKind, Outcome};
use xunge_core::directory::Role;
use xunge_core::id::{CommandId, ReportId};
use xunge_server::service::{ReportRef, ReportStory};

use super::scope::{is_due, is_held_on_to, may_see};
use super::{Deed, DeedKind, World, account, operator};
use crate::drive::Fault;

/// After this many rounds of syncing everything must be quiet.
const ROUNDS_MAX: usize = 30;

impl World {
    /// Heals every link and lets every phone sync until nothing moves any more. Panics where that never happens.
    pub fn settle_down(&mut self) {
        for phone in &self.phones {
            phone.link.heal();
            phone.clock.set_error_ms(0);
            phone.mend_drive();
        }
        self.drive.set_fault(Fault::None);
        self.drive.cut_power_after(None);
        self.switch_on_again();
        self.end_patrols();
        let mut quiet = 0;
        for _ in 0..ROUNDS_MAX {
            let mut moved = 0;
            for index in 0..self.phones.len() {
                moved += self.sync_phone(index);
            }
            quiet = if moved == 0 { quiet + 1 } else { 0 };
            if quiet == 2 {
                return;
            }
            self.pass_ms(60_000);
        }
        let mut moving = Vec::new();
        for phone in &self.phones {
            for (profile, held) in phone.profiles.iter().enumerate() {
                let report = phone.sync_profile(profile);
                if report.items_sent + report.rows_taken > 0 || !report.is_complete() {
                    moving.push(format!("phone {} ({}): {report:?}", phone.index, held.person));
                }
            }
        }
        panic!("still moving after {ROUNDS_MAX} rounds: {}", moving.join("; "));
    }

    /// Syncs a phone; returns how many items and rows moved, or 1 where it failed.
    pub fn sync_phone(&mut self, index: usize) -> u32 {
        let mut moved = 0;
        for profile in 0..self.phones[index].profiles.len() {
            let report = self.phones[index].sync_profile(profile);
            let drive = &self.phones[index].drive;
            let is_whole = drive.has_power() && drive.fault() == Fault::None;
            assert!(
                report.store_failure.is_none() || !is_whole,
                "phone {index}: {report:?}"
            );
            moved +=
                report.items_sent + report.rows_taken + report.blobs_sent + u32::from(!report.is_complete());
            let status = self.phones[index].profiles[profile].device.status();
            if let Ok(status) = status
                && report.is_complete()
                && status.unsent_count == 0
            {
                self.note_sent((index, profile), status.unsent_attachment_count > 0);
            }
        }
        moved
    }

    /// A profile has nothing unsent: what of its work is on the server now, and what the phone still holds.
    fn note_sent(&mut self, by: (usize, usize), pictures_left: bool) {
        let device = &self.phones[by.0].profiles[by.1].device;
        let held = reports_on(device).into_iter().collect();
        let refused = device.needs_attention().expect("the list reads");
        // A refused change takes with it what rests on it; a refused act is refused alone.
        let is_refused = |deed: &Deed| {
            let is_act = matches!(deed.kind, DeedKind::HandedIn { .. } | DeedKind::Decided { .. });
            let is_meant =
                |item: &AttentionItem| item.report == deed.report && (is_act || item.what == "change");
            refused.iter().any(is_meant)
        };
        self.journal.sent(by, pictures_left, &is_refused);
        self.journal.holds(by, &held);
    }

    /// Every device of every phone.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.phones
            .iter()
            .flat_map(|p| p.profiles.iter().map(|profile| profile.device.as_ref()))
    }

    /// Checks every oracle; the error names the first that does not hold.
    pub fn check(&mut self) -> Result<(), String> {
        let stories = self.stories()?;
        self.nothing_waits()?;
        self.nothing_is_lost(&stories)?;
        self.nothing_stands_twice(&stories)?;
        self.phones_agree_with_the_server(&stories)?;
        self.scopes_are_kept(&stories)?;
        self.approvals_were_rightful(&stories)?;
        self.outcomes_have_not_flipped(&stories)?;
        self.walks_are_whole()?;
        let verified = self.service().verify(None).map_err(|e| format!("verify: {e}"))?;
        match verified.problems.first() {
            Some(problem) => Err(format!("the server does not verify: {problem}")),
            None => Ok(()),
        }
    }

    /// Every report on the server, by a supervisor with a phone fresh from the box.
    fn stories(&mut self) -> Result<BTreeMap<ReportId, ReportStory>, String> {
        let fresh = self.add_phone(&["supervisor"]);
        for _ in 0..ROUNDS_MAX {
            if self.sync_phone(fresh) == 0 {
                break;
            }
        }
        let device = std::sync::Arc::clone(self.phones[fresh].device());
        let mut stories = BTreeMap::new();
        for report in reports_on(&device) {
            let story = self
                .service()
                .report_story(&operator(), &ReportRef::Id(report), None);
            stories.insert(
                report,
                story.map_err(|e| format!("the supervisor holds {report}, the server: {e}"))?,
            );
        }
        let counted = self.service().counts().map_err(|e| e.to_string())?.reports;
        if counted != stories.len() as u64 {
            return Err(format!(
                "the server holds {counted} reports, a fresh supervisor pulled {}",
                stories.len()
            ));
        }
        Ok(stories)
    }

    /// Every outbox is empty: each item was stored, a duplicate, decided, or visibly refused.
    fn nothing_waits(&self) -> Result<(), String> {
        for phone in &self.phones {
            for profile in &phone.profiles {
                let status = profile.device.status().map_err(|e| e.to_string())?;
                if status.unsent_count > 0 {
                    return Err(format!(
                        "phone {} ({}) never sends {status:?}",
                        phone.index, profile.person
                    ));
                }
                if status.quarantine_count > 0 {
                    return Err(format!(
                        "phone {} ({}) put a change aside",
                        phone.index, profile.person
                    ));
                }
            }
        }
        Ok(())
    }

    /// Every binding deed is on the server, or visible under "needs attention" on the phone that made it.
    fn nothing_is_lost(&self, stories: &BTreeMap<ReportId, ReportStory>) -> Result<(), String> {
        let mut last_words: BTreeMap<ReportId, BTreeSet<&str>> = BTreeMap::new();
        for deed in self.journal.deeds.iter().filter(|d| d.is_binding()) {
            let is_there = stories.get(&deed.report).is_some_and(|story| {
                let content = story.content.as_ref();
                match &deed.kind {
                    DeedKind::HandedIn { command } | DeedKind::Decided { command } => {
                        story.events.iter().any(|e| e.command.id == *command)
                    }
                    DeedKind::Note { note, text } => {
                        content.is_some_and(|c| c.notes.get(note).is_some_and(|n| n.text == *text))
                    }
                    DeedKind::Picture { attachment } => content.is_some_and(|content| {
                        let picture = content.attachments.get(attachment);
                        picture.is_some_and(|it| story.blobs.iter().any(|blob| blob.blob == it.blob))
                    }),
                    DeedKind::Words { text } => {
                        last_words.entry(deed.report).or_default().insert(text);
                        content.is_some()
                    }
                }
            });
            if !is_there && !self.is_under_attention(deed.by, deed.report)? {
                return Err(format!(
                    "lost: {deed:?}; the server has {:?}",
                    stories.get(&deed.report).map(|s| &s.content)
                ));
            }
        }
        for (report, written) in last_words {
            let content = stories[&report].content.as_ref().expect("it was found above");
            let is_written = |text: &str| written.contains(text) || self.journal.was_attempted(report, text);
            if !is_written(&content.description) {
                return Err(format!("nobody wrote `{}` into {report}", content.description));
            }
        }
        Ok(())
    }

    fn is_under_attention(&self, by: (usize, usize), report: ReportId) -> Result<bool, String> {
        let Some(profile) = self.phones[by.0].profiles.get(by.1) else {
            return Ok(false);
        };
        let items = profile.device.needs_attention().map_err(|e| e.to_string())?;
        Ok(items.iter().any(|item| item.report == report))
    }

    /// No command stands twice in a story, no code names two reports, and sequences never repeat.
    fn nothing_stands_twice(&self, stories: &BTreeMap<ReportId, ReportStory>) -> Result<(), String> {
        let (mut commands, mut seqs, mut codes) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
        for (report, story) in stories {
            for event in &story.events {
                if !commands.insert(event.command.id) || !seqs.insert((story.feed.clone(), event.seq)) {
                    return Err(format!("{} stands twice", event.command.id));
                }
            }
            if let Some(other) = codes.insert(story.row.code.clone(), report) {
                return Err(format!("{report} and {other} share the code {}", story.row.code));
            }
        }
        Ok(())
    }

    /// What a phone shows of a report is what the server has: content, standing and story.
    fn phones_agree_with_the_server(&self, stories: &BTreeMap<ReportId, ReportStory>) -> Result<(), String> {
        let directory = self.service().directory().map_err(|e| e.to_string())?;
        let now = self.time.now();
        for phone in &self.phones {
            for profile in &phone.profiles {
                if profile.device.status().map_err(|e| e.to_string())?.is_revoked {
                    continue;
                }
                for report in reports_on(&profile.device) {
                    let who = format!("phone {} ({}), {report}", phone.index, profile.person);
                    let view = profile.device.report(report).map_err(|e| format!("{who}: {e}"))?;
                    let Some(story) = stories.get(&report) else {
                        return Err(format!("{who}: the server has no such report"));
                    };
                    // What left the scope is kept for its unsent or refused work alone, and no longer follows the server.
                    let is_in_scope = may_see(story, &profile.person, &directory, now);
                    if is_in_scope || !is_held_on_to(&view) {
                        agree(&view, story).map_err(|what| format!("{who}: {what}"))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// A device holds what lies in its grids, what it began itself and what it was granted, all of it and nothing else.
    fn scopes_are_kept(&self, stories: &BTreeMap<ReportId, ReportStory>) -> Result<(), String> {
        let directory = self.service().directory().map_err(|e| e.to_string())?;
        let now = self.time.now();
        for phone in &self.phones {
            for profile in &phone.profiles {
                if profile.device.status().map_err(|e| e.to_string())?.is_revoked {
                    continue;
                }
                let held: BTreeSet<ReportId> = reports_on(&profile.device).into_iter().collect();
                for (report, story) in stories {
                    let who = || format!("phone {} ({}), {report}", phone.index, profile.person);
                    let may_see = may_see(story, &profile.person, &directory, now);
                    if is_due(story, &profile.person, &directory, now) && !held.contains(report) {
                        return Err(format!("{} is missing", who()));
                    }
                    if held.contains(report) && !may_see {
                        let view = profile.device.report(*report).map_err(|e| e.to_string())?;
                        if !is_held_on_to(&view) {
                            return Err(format!("{} should be gone", who()));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Nobody but a chief of the grid, or of a unit above it, approved, and never the reporter.
    fn approvals_were_rightful(&self, stories: &BTreeMap<ReportId, ReportStory>) -> Result<(), String> {
        let directory = self.service().directory().map_err(|e| e.to_string())?;
        for (report, story) in stories {
            for event in &story.events {
                if event.command.action.kind() != ActionKind::Approve || event.outcome != Outcome::Accepted {
                    continue;
                }
                let by = &event.command.by;
                if *by == story.row.reporter {
                    return Err(format!("{report}: the reporter approved"));
                }
                let posts = directory.posts_of(by, event.received_at);
                if !posts.iter().any(|post| post.role == Role::Chief) {
                    return Err(format!("{report}: {by} approved without a chief's post"));
                }
                if event.command.heads.is_empty() {
                    return Err(format!("{report}: {by} approved nothing"));
                }
            }
        }
        Ok(())
    }

    /// What a phone was told of a command is still so.
    fn outcomes_have_not_flipped(&self, stories: &BTreeMap<ReportId, ReportStory>) -> Result<(), String> {
        let outcomes: BTreeMap<CommandId, Outcome> = stories
            .values()
            .flat_map(|s| s.events.iter().map(|e| (e.command.id, e.outcome)))
            .collect();
        for (command, told) in self.journal.remembered() {
            match outcomes.get(&command) {
                Some(outcome) if *outcome == told => {}
                now => return Err(format!("{command} was acknowledged as {told:?} and is {now:?}")),
            }
        }
        Ok(())
    }

    /// Notes what every phone has been told, so that it may not change later.
    pub fn remember_outcomes(&mut self) -> Result<(), String> {
        for index in 0..self.phones.len() {
            for profile in self.phones[index].profiles.clone() {
                for report in reports_on(&profile.device) {
                    let view = profile.device.report(report).map_err(|e| e.to_string())?;
                    for line in view.story {
                        if let Some(outcome) = line.outcome {
                            self.journal.told(index, line.command, outcome)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The story of a report as the command room reads it.
    pub fn story(&self, report: ReportId) -> ReportStory {
        let story = self
            .service()
            .report_story(&account("clerk"), &ReportRef::Id(report), None);
        story.expect("the report is on the server")
    }
}

/// Every report in a device's lists.
pub(super) fn reports_on(device: &Device) -> Vec<ReportId> {
    let mut reports = Vec::new();
    let mut after = None;
    loop {
        let query = ListQuery {
            tab: Tab::All,
            after: after.take(),
            limit: 0,
        };
        let page = device.reports(&query).expect("the list reads");
        reports.extend(page.items.iter().map(|row| row.report));
        match page.next {
            Some(next) => after = Some(next),
            None => return reports,
        }
    }
}

/// The differences between what a phone shows and what the server has.
fn agree(view: &ReportView, story: &ReportStory) -> Result<(), String> {
    if view.content != story.content {
        return Err(format!(
            "the content differs: {}",
            differences(&view.content, &story.content)
        ));
    }
    if view.matter != story.matter {
        return Err(format!(
            "the standing differs: {}",
            differences(&view.matter, &story.matter)
        ));
    }
    let here: Vec<_> = view
        .story
        .iter()
        .map(|line| (line.command, line.outcome))
        .collect();
    let there: Vec<_> = story
        .events
        .iter()
        .map(|e| (e.command.id, Some(e.outcome)))
        .collect();
    if here != there {
        return Err(format!("story {here:?} against {there:?}"));
    }
    Ok(())
}

/// Where two values differ: `path: phone's | server's`.
fn differences<T: serde::Serialize>(here: &T, there: &T) -> String {
    let json = |value: &T| serde_json::to_value(value).unwrap_or_default();
    let mut found = Vec::new();
    compare("", &json(here), &json(there), &mut found);
    found.join("; ")
}

fn compare(path: &str, here: &serde_json::Value, there: &serde_json::Value, found: &mut Vec<String>) {
    match (here.as_object(), there.as_object()) {
        (Some(mine), Some(theirs)) => {
            let keys: BTreeSet<&String> = mine.keys().chain(theirs.keys()).collect();
            for key in keys {
                compare(&format!("{path}/{key}"), &here[key], &there[key], found);
            }
        }
        _ if here != there => found.push(format!("{path}: {here} | {there}")),
        _ => {}
    }
}
