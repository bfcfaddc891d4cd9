//! One report with everything that a person may know of it.

use xunge_core::app::{ReportView, StoryLine};
use xunge_core::report::ReportContent;

use super::super::Words;
use super::{line, time};

/// Prints one whole report.
pub(in super::super) fn report(view: &ReportView, words: Words) {
    println!("{}", line(&view.row, words));
    println!(
        "{} {}    {} {}",
        words.pick("网格", "grid"),
        view.row.grid_name,
        words.pick("报告人", "by"),
        view.row.reporter_name
    );
    if let Some(shown) = &view.content {
        content(shown, words);
    }
    people_and_pictures(view, words);
    for holder in &view.holders {
        println!(
            "{} {} {}",
            words.pick("现在在", "held by"),
            holder.name,
            holder.telephone.as_deref().unwrap_or("")
        );
    }
    for told in &view.story {
        step(told, words);
    }
    if !view.permitted.is_empty() {
        let acts: Vec<String> = view.permitted.iter().map(|kind| words.action(*kind)).collect();
        println!("{} {}", words.pick("可以：", "you may:"), acts.join("、"));
    }
}

fn content(content: &ReportContent, words: Words) {
    println!("{} {}", words.pick("描述", "words"), content.description);
    if !content.place_text.is_empty() {
        println!("{} {}", words.pick("地点", "place"), content.place_text);
    }
    for (field, answer) in &content.answers {
        println!("{field} = {}", serde_json::to_string(answer).unwrap_or_default());
    }
    for note in content.notes.values() {
        println!("{} {}：{}", words.pick("备注", "note"), note.by, note.text);
    }
    for field in &content.disputed {
        let values: Vec<String> = field.values.iter().map(ToString::to_string).collect();
        println!(
            "{} {}: {}",
            words.pick("两处写法不一", "written apart"),
            field.field,
            values.join(" | ")
        );
    }
}

fn people_and_pictures(view: &ReportView, words: Words) {
    for person in &view.people {
        println!(
            "{:?} {} {}",
            person.part,
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
        println!(
            "{} {} B  {how}",
            attachment.reference.role.word(),
            attachment.reference.size_bytes
        );
    }
}

fn step(step: &StoryLine, words: Words) {
    let when = step
        .received_at
        .map_or_else(|| words.pick("待发送", "waiting").to_owned(), time);
    let reason = step
        .reason
        .as_ref()
        .map_or_else(String::new, |r| format!("  {}", r.text));
    let text = step.text.as_ref().map_or_else(String::new, |t| format!("  {t}"));
    let outcome = match step.outcome {
        Some(outcome) if !outcome.is_accepted() => format!("  {}", words.outcome(outcome)),
        _ => String::new(),
    };
    println!(
        "  {when}  {}  {}{reason}{text}{outcome}",
        words.action(step.action.kind()),
        step.by_name
    );
}
