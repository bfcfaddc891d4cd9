//! `report`: the whole story of one report in words: who held it, since when, why it came back; refused acts too.

use xunge_core::directory::Directory;
use xunge_core::id::{PersonId, UnitId};
use xunge_core::time::Timestamp;
use xunge_core::workflow::{action_words, state_words};

use super::words::{level_words, outcome_words, part_words};
use super::{CliProblem, Desk, Say};
use crate::service::{ReportRef, ReportStory, StoryEvent};

/// What `report` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct ReportArgs {
    /// 事件编号 · the report's code or id
    report: String,
    /// 显示完整姓名电话的理由（会记录） · why names and telephones are shown in full (recorded)
    #[arg(long, value_name = "REASON")]
    unmask: Option<String>,
    /// 输出 JSON · as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(desk: &Desk, args: &ReportArgs) -> Result<(), CliProblem> {
    let service = desk.service()?;
    let report = ReportRef::parse(&args.report);
    let story = service.report_story(&Desk::operator(None), &report, args.unmask.as_deref())?;
    if args.json {
        let json = serde_json::to_string_pretty(&story).expect("a story is plain data");
        desk.say.raw(&json);
        return Ok(());
    }
    let directory = service.directory()?;
    let teller = Teller {
        say: desk.say,
        zone: super::import::zone(&service)?,
        now: service.now(),
        directory: &directory,
    };
    desk.say.raw(&teller.tell(&story));
    Ok(())
}

struct Teller<'d> {
    say: Say,
    zone: chrono_tz::Tz,
    now: Timestamp,
    directory: &'d Directory,
}

impl Teller<'_> {
    fn tell(&self, story: &ReportStory) -> String {
        let mut lines = vec![self.heading(story)];
        lines.extend(self.standing(story));
        if let Some(content) = &story.content {
            if !content.description.is_empty() {
                lines.push(format!("  {}", content.description));
            }
            if !content.place_text.is_empty() {
                lines.push(format!(
                    "  {} {}",
                    self.say.pick("地点", "place"),
                    content.place_text
                ));
            }
            for field in &content.disputed {
                let (chinese, english) = ("有两种填写，待确认", "was filled in twice and is not settled");
                lines.push(format!("  {}：{}", field.field, self.say.pick(chinese, english)));
            }
        } else if story.is_erased {
            lines.push(
                self.say
                    .pick("  内容已依法删除", "  the content was erased by law")
                    .to_owned(),
            );
        }
        for person in &story.people {
            let telephone = person.telephone.as_deref().unwrap_or("-");
            lines.push(format!("  {} {telephone}", person.name));
        }
        lines.push(format!(
            "  {} {}/{}",
            self.say.pick("照片和录音", "pictures and voice notes"),
            story.row.attachments_stored,
            story.row.attachments_named
        ));
        lines.push(self.say.pick("经过：", "Story:").to_owned());
        lines.extend(story.events.iter().map(|event| self.event(event)));
        lines.join("\n")
    }

    fn heading(&self, story: &ReportStory) -> String {
        let row = &story.row;
        format!(
            "{}  {}  {} ({})",
            row.code,
            row.title,
            self.say.word(state_words(row.state)),
            self.say.word(level_words(row.level))
        )
    }

    /// Who holds it, since when, and why it came back.
    fn standing(&self, story: &ReportStory) -> Vec<String> {
        let Some(matter) = &story.matter else {
            return vec![
                self.say
                    .pick("  还没有被接收的上报", "  no submission was accepted yet")
                    .to_owned(),
            ];
        };
        let since = self.say.time(matter.held_since, self.zone);
        let span = self.say.span(self.now.ms_since(matter.held_since));
        let holder = format!(
            "{} {}",
            self.unit(&matter.holder.unit),
            self.say.word(part_words(matter.holder.part))
        );
        let telephone = self
            .directory
            .unit(&matter.holder.unit, self.now)
            .and_then(|unit| unit.telephone.clone())
            .map(|telephone| format!(" {telephone}"))
            .unwrap_or_default();
        let mut lines = vec![match self.say.pick("zh", "en") {
            "zh" => format!("  现由 {holder}{telephone} 持有，自 {since} 起（{span}）"),
            _ => format!("  held by {holder}{telephone} since {since} ({span})"),
        }];
        if let Some(why) = &matter.why {
            let who = self.person(&why.by);
            let act = self.say.word(action_words(why.kind));
            lines.push(match self.say.pick("zh", "en") {
                "zh" => format!("  {who}{act}的理由：{}", reason(&why.reason)),
                _ => format!("  why ({act} by {who}): {}", reason(&why.reason)),
            });
        }
        if matter.is_passed_by {
            lines.push(
                self.say
                    .pick("  未经网格长同意", "  passed by its chief")
                    .to_owned(),
            );
        }
        lines
    }

    fn event(&self, event: &StoryEvent) -> String {
        let command = &event.command;
        let at = self.say.time(event.received_at, self.zone);
        let act = self.say.word(action_words(command.action.kind()));
        let (chinese, english) = outcome_words(event.outcome);
        let mut text = format!(
            "  {at}  {}  {act}  {}",
            self.person(&command.by),
            self.say.pick(&chinese, &english)
        );
        if let Some(effect) = event.effect.as_ref().filter(|effect| effect.is_move) {
            text.push_str(&format!(
                " → {}，{} {}",
                self.say.word(state_words(effect.state)),
                self.unit(&effect.holder.unit),
                self.say.word(part_words(effect.holder.part))
            ));
        }
        if let Some(given) = command.reason.as_ref().filter(|reason| reason.is_given()) {
            text.push_str(&format!(
                "\n      {}：{}",
                self.say.pick("理由", "reason"),
                reason(given)
            ));
        }
        if let Some(words) = command.text.as_ref().filter(|words| !words.is_empty()) {
            text.push_str(&format!("\n      {words}"));
        }
        text
    }

    fn person(&self, id: &PersonId) -> String {
        self.directory
            .last_known_person(id, self.now)
            .map_or_else(|| id.to_string(), |person| person.name.clone())
    }

    fn unit(&self, id: &UnitId) -> String {
        self.directory
            .last_known_unit(id, self.now)
            .map_or_else(|| id.to_string(), |unit| unit.name.clone())
    }
}

fn reason(reason: &xunge_core::command::Reason) -> String {
    let mut parts = Vec::new();
    if !reason.text.trim().is_empty() {
        parts.push(reason.text.clone());
    }
    parts.extend(reason.code.clone());
    if reason.voice.is_some() {
        parts.push("🎤".to_owned());
    }
    parts.join(" ")
}
