//! `enrol`, `revoke`, `installs`: the phones of people.

use xunge_core::id::{InstallId, PersonId};

use super::{CliProblem, Desk};
use crate::enrol_qr;

/// What `enrol` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct EnrolArgs {
    /// 人员编号 · the person's code
    person: PersonId,
    /// 有效小时数 · for how many hours the code is good (default: as configured, 24)
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=720))]
    hours: Option<u32>,
    /// 手机使用的服务器地址 · the address that the phone uses
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// 只输出文本码 · print the text alone
    #[arg(long)]
    text: bool,
}

/// What `revoke` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct RevokeArgs {
    /// 手机档案编号 · the install (see `installs`)
    install: InstallId,
}

/// What `installs` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct InstallsArgs {
    /// 人员编号 · only of this person
    person: Option<PersonId>,
}

pub(crate) fn run_enrol(desk: &Desk, args: &EnrolArgs) -> Result<(), CliProblem> {
    let service = desk.service()?;
    let valid_ms = args.hours.map(|hours| i64::from(hours) * 3_600_000);
    let ticket = service.enrolment_create(&Desk::operator(None), &args.person, valid_ms)?;
    let mut code = desk.config.enrolment_code(ticket.secret);
    if let Some(url) = &args.url {
        url.trim_end_matches('/').clone_into(&mut code.base_url);
    }
    if args.text {
        desk.say.raw(&code.to_string());
        return Ok(());
    }
    desk.say.raw(&enrol_qr::terminal(&code)?);
    desk.say.raw(&code.to_string());
    let until = desk.say.time(ticket.expires_at, super::import::zone(&service)?);
    desk.say.line(
        &format!(
            "用手机扫码，为 {} 注册。只能用一次，{until} 前有效。",
            ticket.person
        ),
        &format!(
            "Scan it with the phone to enrol {}. Good once, until {until}.",
            ticket.person
        ),
    );
    Ok(())
}

pub(crate) fn run_revoke(desk: &Desk, args: &RevokeArgs) -> Result<(), CliProblem> {
    desk.service()?
        .install_revoke(&Desk::operator(None), args.install)?;
    desk.say.line(
        "已注销。它以后送来的内容进入待核清单（xunge-server review）。",
        "Revoked. What it still sends goes to the review list (xunge-server review).",
    );
    Ok(())
}

pub(crate) fn run_installs(desk: &Desk, args: &InstallsArgs) -> Result<(), CliProblem> {
    let service = desk.service()?;
    let zone = super::import::zone(&service)?;
    let directory = service.directory()?;
    for install in service.installs(args.person.as_ref())? {
        let name = directory
            .last_known_person(&install.person, service.now())
            .map_or_else(|| install.person.to_string(), |person| person.name.clone());
        let synced = install
            .last_sync_at
            .map_or_else(|| "-".to_owned(), |at| desk.say.time(at, zone));
        let unsent = install.health.as_ref().map_or(0, |health| health.unsent_count);
        let standing = match install.revoked_at {
            Some(_) => desk.say.pick("已注销", "revoked"),
            None => desk.say.pick("正常", "good"),
        };
        desk.say.line(
            &format!(
                "{}  {name}  {}  {standing}  最近同步 {synced}  未发 {unsent}",
                install.install, install.device_label
            ),
            &format!(
                "{}  {name}  {}  {standing}  last sync {synced}  unsent {unsent}",
                install.install, install.device_label
            ),
        );
    }
    Ok(())
}
