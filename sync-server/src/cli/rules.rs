//! `rules`: the rules of routing as they stand, and what a changed file of them would have done.

use std::path::PathBuf;

use xunge_core::id::UnitId;
use xunge_core::routing::Route;

use super::import::{read_file, zone};
use super::words::{level_words, risk_words};
use super::{CliProblem, Desk};
use crate::import::{ImportKind, PlanOptions, ReadOptions, plan, read};
use crate::service::{Service, rules_of};

/// What `rules` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct RulesArgs {
    /// 试算：改动后的规则文件，不导入 · try this file of changed rules on past reports; nothing is imported
    #[arg(long = "try", value_name = "FILE")]
    tried: Option<PathBuf>,
    /// 看最近几天的事件 · over how many days
    #[arg(long, default_value_t = 31)]
    days: u32,
    /// 镇街 · the township
    #[arg(long)]
    feed: Option<UnitId>,
    /// 输出 JSON · as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(desk: &Desk, args: &RulesArgs) -> Result<(), CliProblem> {
    let service = desk.service()?;
    let feeds = match &args.feed {
        Some(feed) => vec![feed.clone()],
        None => service.feeds()?,
    };
    match &args.tried {
        Some(file) => feeds
            .iter()
            .try_for_each(|feed| try_rules(desk, &service, feed, file, args)),
        None => feeds.iter().try_for_each(|feed| list(desk, &service, feed, args)),
    }
}

fn list(desk: &Desk, service: &Service, feed: &UnitId, args: &RulesArgs) -> Result<(), CliProblem> {
    let (directory, now) = (service.directory()?, service.now());
    let counts = service.routing_counts(&Desk::operator(None), feed, args.days)?;
    let mut rules: Vec<_> = directory
        .routing_rules(now)
        .filter(|rule| directory.is_within(feed, &rule.unit, now))
        .collect();
    rules.sort_by(|a, b| (a.rank, &a.id).cmp(&(b.rank, &b.id)));
    if args.json {
        let all = serde_json::json!({ "feed": feed, "rules": rules, "counts": counts });
        desk.say.raw(&all.to_string());
        return Ok(());
    }
    for rule in &rules {
        let count = counts.get(&rule.id).cloned().unwrap_or_default();
        desk.say.line(
            &format!(
                "{:>6} {} {}{}：交办 {} 次，退办 {} 次",
                rule.rank,
                rule.id,
                rule.name,
                if rule.is_on { "" } else { "（停用）" },
                count.dispatched,
                count.handed_back
            ),
            &format!(
                "{:>6} {} {}{}: {} dispatched, {} handed back",
                rule.rank,
                rule.id,
                rule.name,
                if rule.is_on { "" } else { " (off)" },
                count.dispatched,
                count.handed_back
            ),
        );
    }
    for clash in directory.contradictions(&rules, now) {
        desk.say.line(
            &format!("规则 {} 与 {} 矛盾。", clash.first, clash.second),
            &format!(
                "The rules {} and {} contradict each other.",
                clash.first, clash.second
            ),
        );
    }
    Ok(())
}

fn try_rules(
    desk: &Desk,
    service: &Service,
    feed: &UnitId,
    file: &PathBuf,
    args: &RulesArgs,
) -> Result<(), CliProblem> {
    let bytes = read_file(file)?;
    let (zone, now) = (zone(service)?, service.now());
    let options = ReadOptions {
        today: now.day_in(zone),
        zone,
        is_future_allowed: false,
    };
    let held = read(ImportKind::Rules, &bytes, &options).map_err(CliProblem::Import)?;
    let rules = rules_of(held.records.iter().map(|read| &read.record));
    plan(
        held,
        &service.directory_rows(None)?,
        &PlanOptions { valid_from: now },
    )
    .map_err(CliProblem::Import)?;
    let run = service.routing_dry_run(&Desk::operator(None), feed, &rules, args.days)?;
    if args.json {
        desk.say
            .raw(&serde_json::to_string(&run).expect("a dry run is JSON"));
        return Ok(());
    }
    let (looked_at, count) = (run.looked_at, run.rerouted.len());
    desk.say.line(
        &format!("看了 {looked_at} 件，其中 {count} 件的走向会不同。没有导入。"),
        &format!("{looked_at} reports were looked at, {count} would go another way. Nothing was imported."),
    );
    for row in &run.rerouted {
        desk.say.line(
            &format!(
                "  {} {}：{} → {}",
                row.code,
                row.title,
                words(&row.before, true),
                words(&row.after, true)
            ),
            &format!(
                "  {} {}: {} → {}",
                row.code,
                row.title,
                words(&row.before, false),
                words(&row.after, false)
            ),
        );
    }
    Ok(())
}

/// A route in few words, with the rules that say so.
fn words(route: &Route, is_zh: bool) -> String {
    let pick = |(zh, en): (&'static str, &'static str)| if is_zh { zh } else { en };
    let by = |rule: &Option<String>| rule.as_ref().map_or(String::new(), |rule| format!("[{rule}]"));
    let mut parts = Vec::new();
    if let Some(chosen) = &route.department {
        parts.push(format!("{}{}", chosen.value, by(&chosen.rule)));
    }
    if let Some(chosen) = &route.level {
        parts.push(format!("{}{}", pick(level_words(chosen.value)), by(&chosen.rule)));
    }
    if let Some(chosen) = &route.within {
        parts.push(format!("{}{}", chosen.value, by(&chosen.rule)));
    }
    if let Some(chosen) = &route.risk {
        parts.push(format!("{}{}", pick(risk_words(chosen.value)), by(&chosen.rule)));
    }
    match parts.is_empty() {
        true => "-".to_owned(),
        false => parts.join(" "),
    }
}
