//! One report with everything that a person may know of it.

use xunge_core::app::{ReportView, StoryLine};
use xunge_core::attachment::AttachmentKind;
use xunge_core::command::{Action, ActionKind, Urgency, Verdict};
use xunge_core::directory::{Category, Directory};
use xunge_core::draft::Draft;
use xunge_core::id::PersonId;
use xunge_core::person::{mask_name, mask_telephone};
use xunge_core::report::{ReportContent, Source};
use xunge_core::time::Timestamp;

use super::super::Words;
use super::super::args::Command;
use super::{line, time};

/// What names things: the words of the language and the directory of the phone.
#[derive(Clone, Copy)]
pub(in super::super) struct Names<'d> {
    pub(in super::super) words: Words,
    pub(in super::super) directory: &'d Directory,
    pub(in super::super) now: Timestamp,
}

impl Names<'_> {
    fn person(&self, id: &PersonId) -> String {
        let known = self.directory.last_known_person(id, self.now);
        known.map_or_else(|| id.to_string(), |person| person.name.clone())
    }

    fn say(&self, zh: &str, en: &str, what: &str) {
        println!("{} {what}", self.words.pick(zh, en));
    }
}

/// Prints one whole report.
pub(in super::super) fn report(view: &ReportView, names: Names<'_>) {
    let words = names.words;
    println!("{}", line(&view.row, words));
    names.say("类别", "category", &view.row.category_name);
    println!(
        "{} {}    {} {}",
        words.pick("网格", "grid"),
        view.row.grid_name,
        words.pick("报告人", "by"),
        view.row.reporter_name
    );
    if view.row.is_erased {
        println!("{}", words.pick("内容已依法删除", "erased by law"));
    }
    if let Some(shown) = &view.content {
        content(shown, view.category.as_ref(), names);
    }
    people_and_pictures(view, words);
    for holder in &view.holders {
        let telephone = holder.telephone.as_deref().unwrap_or("");
        names.say("现在在", "held by", &format!("{} {telephone}", holder.name));
    }
    for told in &view.story {
        step(told, view.row.unsent_count > 0, words);
    }
    offered(&view.permitted, words);
}

/// Prints a draft as far as it is filled in.
pub(in super::super) fn draft(draft: &Draft, title: &str, names: Names<'_>) {
    let (words, shown) = (names.words, &draft.content);
    println!("{}  {}  {title}", shown.code, words.pick("草稿", "draft"));
    let known = shown
        .category
        .as_ref()
        .and_then(|id| names.directory.category(id, shown.category_version));
    if let Some(category) = known {
        names.say("类别", "category", &category.name);
    }
    let grid = shown
        .grid
        .as_ref()
        .and_then(|grid| names.directory.unit(grid, names.now));
    if let Some(grid) = grid {
        names.say("网格", "grid", &grid.name);
    }
    content(shown, known, names);
    for person in &draft.people {
        let telephone = person
            .telephone
            .as_deref()
            .map(mask_telephone)
            .unwrap_or_default();
        println!(
            "{} {} {telephone}",
            words.part(person.part),
            mask_name(&person.name)
        );
    }
    for attachment in shown.attachments.values() {
        let what = of_kind(attachment.kind, words.role(attachment.role), words);
        println!("{what}  {} kB", attachment.size_bytes.div_ceil(1_000));
    }
    let left = [ActionKind::Submit, ActionKind::Settle];
    offered(&left, words);
}

fn content(content: &ReportContent, category: Option<&Category>, names: Names<'_>) {
    let words = names.words;
    if content.urgency == Urgency::Urgent {
        println!("{}", words.pick("紧急", "urgent"));
    }
    names.say("描述", "words", &content.description);
    if !content.place_text.is_empty() {
        names.say("地点", "place", &content.place_text);
    }
    if let Some(at) = content.occurred_at {
        names.say("发生时间", "when", &time(at));
    }
    if content.source != Source::Seen {
        names.say("来源", "source", words.source(content.source));
    }
    for (field, answer) in &content.answers {
        let label = words.field(&format!("answers/{field}"), category);
        println!("{label} {}", words.answer(answer));
    }
    if !content.result.is_empty() {
        names.say("结果", "result", &content.result);
    }
    for note in content.notes.values() {
        let by = names.person(&note.by);
        names.say(
            "备注",
            "note",
            &format!("{by} {}{}{}", time(note.written_at), words.colon(), note.text),
        );
    }
    for field in &content.disputed {
        let values: Vec<String> = field.values.iter().map(plain).collect();
        let label = words.field(&field.field, category);
        names.say(
            "两处写法不一，请改定：",
            "written apart, write it anew to settle it:",
            &format!("{label}{}{}", words.colon(), values.join(" | ")),
        );
    }
}

/// A value without the quotes of its JSON.
fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A picture by what it shows, a voice note as such.
fn of_kind(kind: AttachmentKind, role: &str, words: Words) -> String {
    match kind {
        AttachmentKind::Picture => format!("{role}{}", words.pick("照片", " picture")),
        AttachmentKind::VoiceNote => words.pick("语音", "voice note").to_owned(),
    }
}

fn people_and_pictures(view: &ReportView, words: Words) {
    for person in &view.people {
        println!(
            "{} {} {}",
            words.part(person.part),
            person.name,
            person.telephone.as_deref().unwrap_or("")
        );
    }
    for attachment in &view.attachments {
        let how = match (attachment.is_received, attachment.path.is_some()) {
            (true, _) => words.pick("镇里已收到", "received"),
            (false, true) => words.pick("在本机", "on this phone"),
            (false, false) => words.pick("还没到", "not here yet"),
        };
        let reference = &attachment.reference;
        let what = of_kind(reference.kind, words.role(reference.role), words);
        println!("{what}  {} kB  {how}", reference.size_bytes.div_ceil(1_000));
    }
}

fn step(step: &StoryLine, has_unsent: bool, words: Words) {
    let waits = match has_unsent {
        true => words.pick("待发送", "waiting"),
        false => words.pick("等审看", "sent"),
    };
    let when = step.received_at.map_or_else(|| waits.to_owned(), time);
    let mut text = format!("  {when}  {}  {}", words.action(step.action.kind()), step.by_name);
    if let Action::AnswerCheck { verdict, .. } | Action::CallBack { verdict } | Action::Recheck { verdict } =
        step.action
    {
        text.push_str(&format!("  {}", verdict_words(verdict, words)));
    }
    let reason = step.reason.as_ref().map(|reason| reason.text.as_str());
    for said in [reason, step.text.as_deref()].into_iter().flatten() {
        text.push_str(&format!("  {said}"));
    }
    if let Some(outcome) = step.outcome.filter(|outcome| !outcome.is_accepted()) {
        text.push_str(&format!("  {}", words.outcome(outcome)));
    }
    println!("{text}");
}

fn verdict_words(verdict: Verdict, words: Words) -> &'static str {
    match verdict {
        Verdict::Confirmed => words.pick("属实", "confirmed"),
        Verdict::NotConfirmed => words.pick("不属实", "not confirmed"),
        Verdict::Unknown => words.pick("查不清", "could not be found out"),
    }
}

/// What may be done, each with the command that does it; what only a desk does is left out.
fn offered(kinds: &[ActionKind], words: Words) {
    let acts: Vec<String> = kinds
        .iter()
        .filter_map(|kind| Some(format!("{} {}", words.action(*kind), Command::named_for(*kind)?)))
        .collect();
    if !acts.is_empty() {
        println!(
            "{}{}",
            words.pick("可以：", "you may: "),
            acts.join(words.comma())
        );
    }
}
