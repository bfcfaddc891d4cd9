//! `review`: what came from revoked phones or ended posts, and what becomes of it.

use super::{CliProblem, Desk};

/// What `review` may be told.
#[derive(Debug, clap::Args)]
pub(crate) struct ReviewArgs {
    /// 采纳这一条 · take this item in
    #[arg(long, value_name = "NUMBER", conflicts_with = "leave")]
    take: Option<u64>,
    /// 不采纳这一条 · leave this item aside
    #[arg(long, value_name = "NUMBER")]
    leave: Option<u64>,
}

pub(crate) fn run(desk: &Desk, args: &ReviewArgs) -> Result<(), CliProblem> {
    let service = desk.service()?;
    let by = Desk::operator(None);
    if let Some((number, is_taken)) = args.take.map(|n| (n, true)).or(args.leave.map(|n| (n, false))) {
        let outcome = service.review_settle(&by, number, is_taken)?;
        desk.say.raw(crate::import::rescue::outcome(&outcome));
        return Ok(());
    }
    let zone = super::import::zone(&service)?;
    for item in service.review_list(&by, 200)? {
        desk.say.raw(&format!(
            "{}  {}  {}  {}  {}",
            item.number,
            desk.say.time(item.received_at, zone),
            item.person,
            item.kind,
            item.why
        ));
    }
    Ok(())
}
