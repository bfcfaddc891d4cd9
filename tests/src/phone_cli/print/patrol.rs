//! Patrols, coverage and key places in lines.

use xunge_core::app::{CoverageView, GroundView, KeyPlaceView, PatrolView};
use xunge_core::coverage::{CELL_AREA_M2, StopReason, Suggestion, Swatch};
use xunge_core::key_place::PlaceStanding;
use xunge_core::patrol::{EndCause, EventKind, Finding, Notice, PatrolEvent, PatrolState, Severity};

use super::super::{Lang, Words};
use super::time;

fn pick(words: Words, (zh, en): (&'static str, &'static str)) -> &'static str {
    words.pick(zh, en)
}

/// Where a patrol stands.
pub(in super::super) fn state(state: PatrolState, words: Words) -> String {
    match state {
        PatrolState::Running => words.pick("巡查中", "on patrol").to_owned(),
        PatrolState::Paused => words
            .pick("已暂停，不记录", "paused: nothing is recorded")
            .to_owned(),
        PatrolState::Ended { by, at } => {
            let by = match by {
                EndCause::Worker => words.pick("巡查已结束", "the patrol is over"),
                EndCause::ShiftEnd => words.pick("下班，巡查已结束", "the shift and the patrol are over"),
                EndCause::LongStillness => words.pick("长时间没动，巡查已结束", "ended after long stillness"),
                EndCause::HandedOver => words.pick("巡查已交接", "handed over"),
            };
            format!("{by}  {}", time(at))
        }
    }
}

/// What the worker must be told.
pub(in super::super) fn notice(notice: Notice, words: Words) {
    let (zh, en) = notice.words();
    println!("{}", words.pick(&zh, &en));
}

/// What a replay came to.
pub(in super::super) fn replayed(kept: u64, dropped: u64, words: Words) {
    match words.0 {
        Lang::Zh => println!("记下 {kept} 点，略去 {dropped} 点"),
        Lang::En => println!("{kept} fixes kept, {dropped} left out"),
    }
}

/// How a patrol stands.
pub(in super::super) fn status(view: Option<&PatrolView>, words: Words) {
    let Some(view) = view else {
        println!("{}", words.pick("还没有巡查过", "no patrol yet"));
        return;
    };
    println!("{}  {}", state(view.state, words), pick(words, view.kind.words()));
    let grids: Vec<&str> = view.grids.iter().map(|grid| grid.as_str()).collect();
    println!("{} {}", words.pick("网格", "grids"), grids.join(words.comma()));
    let minutes = (view.moving_ms + view.resting_ms) / 60_000;
    let (distance_m, at) = (view.distance_m, time(view.started_at));
    match words.0 {
        Lang::Zh => println!("{at} 开始，走了 {distance_m:.0} 米、{minutes} 分钟（只给您自己看）"),
        Lang::En => println!("since {at}: {distance_m:.0} m, {minutes} min (for you alone)"),
    }
    let (open, all, unsent) = (view.open_fix_count, view.segment_count, view.unsent_segment_count);
    match words.0 {
        Lang::Zh => println!("巡查记录 {all} 段，{unsent} 段待发送；正在记的一段有 {open} 点"),
        Lang::En => println!("parts: {all}, to be sent: {unsent}; fixes of the open part: {open}"),
    }
    if let Some(end) = view.shift_ends_at.filter(|_| !is_over(view.state)) {
        println!(
            "{} {}",
            words.pick("到时自动结束：", "ends by itself at"),
            time(end)
        );
    }
    for event in &view.history {
        happened(event, words);
    }
    if let Some(silence) = view.silence {
        let (zh, en) = Finding::NoFixes {
            minutes: u32::try_from(silence.silent_ms / 60_000).unwrap_or(u32::MAX),
        }
        .words();
        println!("{}", words.pick(&zh, &en));
    }
    for (reason, count) in view.dropped.iter() {
        println!(
            "{}{} {count}",
            words.pick("略去：", "left out: "),
            pick(words, reason.words())
        );
    }
}

fn is_over(state: PatrolState) -> bool {
    matches!(state, PatrolState::Ended { .. })
}

/// What is worth a line of a patrol's history: gaps with their cause, what was not kept, and to whom it was handed over.
fn happened(event: &PatrolEvent, words: Words) {
    let at = time(event.at);
    match &event.event {
        EventKind::Gap { cause, gap_ms } => {
            let long = gap_ms.map_or(String::new(), |ms| {
                format!("{}{}", words.comma(), long(ms, words))
            });
            let gap = words.pick("没有记录：", "not recorded: ");
            println!("{at} {gap}{}{long}", pick(words, cause.words()));
        }
        EventKind::Shifted { offset_m, .. } => {
            let (zh, en) = Notice::TrackIsShifted { offset_m: *offset_m }.words();
            println!("{at} {}", words.pick(&zh, &en));
        }
        EventKind::Ended { to: Some(to), .. } => {
            println!("{at} {}{to}", words.pick("交接给 ", "handed over to "));
        }
        _ => {}
    }
}

/// A length of time in the words of people.
fn long(ms: i64, words: Words) -> String {
    let (minutes, seconds) = (ms / 60_000, ms / 1_000 % 60);
    match (minutes, words.0) {
        (0, Lang::Zh) => format!("{seconds} 秒"),
        (0, Lang::En) => format!("{seconds} s"),
        (_, Lang::Zh) => format!("{minutes} 分 {seconds} 秒"),
        (_, Lang::En) => format!("{minutes} min {seconds} s"),
    }
}

/// What would cut tracking off, the worst first.
pub(in super::super) fn findings(findings: &[Finding], words: Words) {
    if findings.is_empty() {
        println!("{}", words.pick("没有发现问题", "nothing found"));
    }
    for finding in findings {
        let how_bad = match finding.severity() {
            Severity::Blocks => words.pick("不会记录", "nothing is recorded"),
            Severity::Risks => words.pick("可能中断", "may be cut off"),
            Severity::Hint => words.pick("提醒", "hint"),
        };
        let (zh, en) = finding.words();
        println!("{how_bad}{}{}", words.colon(), words.pick(&zh, &en));
    }
}

/// A grid's coverage.
pub(in super::super) fn coverage(view: &CoverageView, words: Words) {
    println!("{}  {}  {}", view.grid, view.name, view.period);
    let Some(share) = &view.share else {
        let (zh, en) = (
            "这个网格没有画边界，只能数巡查次数",
            "the grid has no outline: only patrols can be counted",
        );
        println!("  {}{}{}", words.pick(zh, en), words.colon(), view.patrol_count);
        return;
    };
    let percent = |cells: u64| match share.reachable {
        0 => 0,
        reachable => (cells * 100 + reachable / 2) / reachable,
    };
    let (seen, unknown, unseen) = (percent(share.seen), percent(share.unknown), percent(share.unseen));
    match words.0 {
        Lang::Zh => println!(
            "  已见 {seen}%  无法确定 {unknown}%  未见 {unseen}%  巡查 {} 次",
            view.patrol_count
        ),
        Lang::En => {
            println!(
                "  seen {seen} %  unknown {unknown} %  not seen {unseen} %  patrols {}",
                view.patrol_count
            );
        }
    }
    for part in &share.unknown_by {
        let (what, why) = (
            words.pick("  无法确定：", "  unknown: "),
            pick(words, part.cause.words()),
        );
        println!("{what}{why} {}%", percent(part.cells));
    }
    for (reason, cells) in &share.excluded_by {
        let what = words.pick("  去不了，不计入：", "  out of reach, does not count: ");
        println!(
            "{what}{} {}",
            pick(words, reason.words()),
            hectares(*cells, words)
        );
    }
    if share.slivers > 0 {
        println!(
            "{}",
            words.pick(
                "  网格太窄，数字粗略",
                "  the grid is very narrow: the figure is coarse"
            )
        );
    }
    if view.day_unknown_cells > 0 {
        let what = words.pick(
            "  日期不确定、没有算进去的格子",
            "  cells seen on a day that nobody knows",
        );
        println!("{what} {}", view.day_unknown_cells);
    }
    if view.has_unsent {
        println!(
            "{}",
            words.pick("  含本机还没发送的", "  with what this phone has not sent yet")
        );
    }
}

/// An area in words.
fn hectares(cells: u64, words: Words) -> String {
    let hectares = f64::from(u32::try_from(cells).unwrap_or(u32::MAX)) * CELL_AREA_M2 / 10_000.0;
    match words.0 {
        Lang::Zh => format!("{hectares:.1} 公顷"),
        Lang::En => format!("{hectares:.1} ha"),
    }
}

/// What the colours of a picture stand for.
pub(in super::super) fn legend(words: Words) {
    let (zh, en) = Swatch::legend(true);
    println!("{}", words.pick(&zh, &en));
}

/// How long ago the ground was seen.
pub(in super::super) fn ground(view: &GroundView, words: Words) {
    for (days, cells) in view.last_seen.counts(view.today) {
        let area = hectares(cells, words);
        match (days, words.0) {
            (0, Lang::Zh) => println!("  今天看过 {area}"),
            (0, Lang::En) => println!("  seen today: {area}"),
            (_, Lang::Zh) => println!("  {days} 天前看过 {area}"),
            (_, Lang::En) => println!("  last seen {days} d ago: {area}"),
        }
    }
    let never = hectares(view.last_seen.never.len(), words);
    match words.0 {
        Lang::Zh => println!("  {} 以来没看过 {never}", view.since),
        Lang::En => println!("  not seen since {}: {never}", view.since),
    }
}

/// Key places by urgency.
pub(in super::super) fn key_places(places: &[KeyPlaceView], words: Words) {
    if places.is_empty() {
        println!("{}", words.pick("没有重点场所", "no key places"));
    }
    for place in places {
        let when = match &place.standing {
            PlaceStanding::NotAsked => String::new(),
            PlaceStanding::Visited { next_on } => format!("  {} {next_on}", words.pick("下次", "next on")),
            PlaceStanding::Due { until } => format!("  {} {until}", words.pick("最迟", "until")),
            PlaceStanding::Overdue { since } => format!("  {} {since}", words.pick("自", "since")),
            PlaceStanding::Excused { until, reason } => {
                format!("  {} {until}  {reason}", words.pick("至", "until"))
            }
        };
        let standing = pick(words, place.standing.words());
        println!("{}  {}  {standing}{when}", place.id, place.name);
    }
}

/// A short walk that might be taken.
pub(in super::super) fn suggestion(walk: &Suggestion, places: &[KeyPlaceView], words: Words) {
    if walk.stops.is_empty() {
        println!("{}", words.pick("附近没有要去的", "nothing near that is due"));
        return;
    }
    println!(
        "{}",
        words.pick("只是建议，去不去您定：", "a suggestion, it is up to you:")
    );
    for (number, stop) in (1..).zip(&walk.stops) {
        let why = match &stop.reason {
            StopReason::Unseen { days: Some(days) } => match words.0 {
                Lang::Zh => format!("{days} 天没看过"),
                Lang::En => format!("not seen for {days} days"),
            },
            StopReason::Unseen { days: None } => words.pick("很久没看过", "long unseen").to_owned(),
            StopReason::PlaceDue { place, is_overdue } => {
                let name = places
                    .iter()
                    .find(|view| view.id == *place)
                    .map_or(place, |view| &view.name);
                let due = match is_overdue {
                    true => words.pick("逾期", "overdue"),
                    false => words.pick("到期", "due"),
                };
                format!("{name} {due}")
            }
        };
        let at = &stop.position;
        println!(
            "{number}. {:.5},{:.5}  {:.0} m  {why}",
            at.lat_deg, at.lon_deg, stop.distance_m
        );
    }
}
