//! `queue`: reports, urgent first, then longest held.

use xunge_core::command::{State, Urgency};
use xunge_core::id::{CategoryId, UnitId};
use xunge_core::workflow::state_words;

use super::words::{level_words, part_words};
use super::{CliProblem, Desk};
use crate::service::{QueueQuery, QueueRow};

/// What `queue` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct QueueArgs {
    /// 状态，如 queued、dispatched · the state
    #[arg(long)]
    state: Option<String>,
    /// 网格编号 · the grid
    #[arg(long)]
    grid: Option<UnitId>,
    /// 类别编号 · the category
    #[arg(long)]
    category: Option<CategoryId>,
    /// 现办单位 · the unit that holds it
    #[arg(long)]
    holder: Option<UnitId>,
    /// 镇街 · the township
    #[arg(long)]
    feed: Option<UnitId>,
    /// 只看紧急 · only what is urgent
    #[arg(long)]
    urgent: bool,
    /// 行数 · how many rows
    #[arg(long, default_value_t = 50)]
    limit: u32,
    /// 输出 JSON · as JSON lines
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(desk: &Desk, args: &QueueArgs) -> Result<(), CliProblem> {
    let service = desk.service()?;
    let state = args.state.as_deref().map(parse_state).transpose()?;
    let zone = super::import::zone(&service)?;
    let feeds = match &args.feed {
        Some(feed) => vec![feed.clone()],
        None => service.feeds()?,
    };
    let mut left = args.limit;
    for feed in feeds {
        let mut after = None;
        while left > 0 {
            let query = QueueQuery {
                feed: Some(feed.clone()),
                state,
                is_open: None,
                grid: args.grid.clone(),
                category: args.category.clone(),
                holder: args.holder.clone(),
                is_urgent: args.urgent.then_some(true),
                cohort: Default::default(),
                after: after.take(),
                limit: left,
            };
            let page = service.queue(&Desk::operator(None), &query)?;
            for row in &page.rows {
                if args.json {
                    let json = serde_json::to_string(row).expect("a row is plain data");
                    desk.say.raw(&json);
                } else {
                    desk.say.raw(&line(desk, row, zone, service.now()));
                }
            }
            left = left.saturating_sub(u32::try_from(page.rows.len()).unwrap_or(u32::MAX));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(())
}

fn line(desk: &Desk, row: &QueueRow, zone: chrono_tz::Tz, now: xunge_core::time::Timestamp) -> String {
    let say = desk.say;
    let mut text = format!("{}  {}", row.code, say.word(state_words(row.state)));
    if row.urgency == Urgency::Urgent {
        text.push_str(say.pick("  紧急", "  urgent"));
    }
    text.push_str(&format!("  {}  {}", say.word(level_words(row.level)), row.title));
    if let Some(holder) = &row.holder {
        text.push_str(&format!(
            "  {} {}",
            holder.unit,
            say.word(part_words(holder.part))
        ));
    }
    if let Some(since) = row.held_since {
        text.push_str(&format!(
            "  {} ({})",
            say.time(since, zone),
            say.span(now.ms_since(since))
        ));
    }
    if row.attachments_named > row.attachments_stored {
        text.push_str(&format!(
            "  {} {}/{}",
            say.pick("照片", "pictures"),
            row.attachments_stored,
            row.attachments_named
        ));
    }
    if row.is_passed_by {
        text.push_str(say.pick("  未经网格长同意", "  passed by the chief"));
    }
    if row.is_amended {
        text.push_str(say.pick("  同意后有修改", "  amended since approval"));
    }
    text
}

fn parse_state(text: &str) -> Result<State, CliProblem> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|_| {
        CliProblem::usage(
            format!("没有状态 {text}。可用：submitted、returned、queued、accepted、dispatched、handling、fed_back、closed、settled、withdrawn、void、merged、held"),
            format!("there is no state {text}; use submitted, returned, queued, accepted, dispatched, handling, fed_back, closed, settled, withdrawn, void, merged or held"),
        )
    })
}
