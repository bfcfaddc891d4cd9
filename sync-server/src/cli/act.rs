//! `act`: every act of the room and the departments, typed.

use chrono::TimeZone;
use xunge_core::command::{
    Action, ActionKind, Assignment, AssignmentPart, Classification, Reason, Risk, Urgency, Verdict,
};
use xunge_core::directory::Level;
use xunge_core::id::{CategoryId, CommandId, PersonId, PostId, ReportId, UnitId};
use xunge_core::time::Timestamp;

use super::words::outcome_words;
use super::{CliProblem, Desk};
use crate::Caller;
use crate::service::{ActRequest, ReportRef, Service};

/// What `act` is told.
#[derive(Debug, clap::Args)]
pub(crate) struct ActArgs {
    /// 事件编号 · the report's code or id
    report: String,
    /// 动作，如 accept、dispatch、return、close · the act
    action: String,
    /// 办理人编号 · as whom
    #[arg(long = "as", value_name = "PERSON")]
    person: PersonId,
    /// 岗位 · in which post
    #[arg(long)]
    post: Option<PostId>,
    /// 理由 · why
    #[arg(long)]
    reason: Option<String>,
    /// 说明 · text that goes with it
    #[arg(long)]
    text: Option<String>,
    /// 对象：单位[:lead|assist][@日期]、层级、人员或另一事件 · to what: UNIT[:lead|assist][@DAY], a level, a person, another report
    #[arg(long, value_name = "TO")]
    to: Vec<String>,
    /// 以哪个单位的名义 · for which unit (sign, feed_back, hand_back, ask_time, grant_time)
    #[arg(long)]
    unit: Option<UnitId>,
    /// 期限 · until when (hold, ask_time, grant_time): 2026-11-30 or 2026-11-30T18:00
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
    /// 所答复或确认的指令 · the act that is answered or confirmed
    #[arg(long, value_name = "COMMAND")]
    target: Option<CommandId>,
    /// 结论 · what was found: confirmed, not_confirmed, unknown
    #[arg(long)]
    verdict: Option<String>,
    /// 类别 · category (classify)
    #[arg(long)]
    category: Option<CategoryId>,
    /// 网格 · grid (classify)
    #[arg(long)]
    grid: Option<UnitId>,
    /// 紧急程度 · urgency (classify): normal, urgent
    #[arg(long)]
    urgency: Option<String>,
    /// 风险 · risk (classify): low, medium, high
    #[arg(long)]
    risk: Option<String>,
    /// 层级 · level (classify): grid, village, township, county
    #[arg(long)]
    level: Option<String>,
    /// 部门 · department (classify)
    #[arg(long)]
    department: Option<UnitId>,
}

pub(crate) fn run(desk: &Desk, args: ActArgs) -> Result<(), CliProblem> {
    let service = desk.service()?;
    let caller = Desk::operator(Some(args.person.clone()));
    let request = ActRequest {
        action: action(&service, &caller, &args)?,
        report: ReportRef::parse(&args.report),
        post: args.post,
        reason: args.reason.map(Reason::words),
        text: args.text,
        saw: None,
        heads: None,
        id: None,
    };
    let done = service.act(&caller, &request)?;
    if let xunge_core::command::Outcome::Refused(refusal) = done.outcome {
        return Err(CliProblem::Refused(refusal));
    }
    let (chinese, english) = outcome_words(done.outcome);
    desk.say.line(&chinese, &english);
    if let Some(state) = done.state {
        let (chinese, english) = xunge_core::workflow::state_words(state);
        desk.say.line(
            &format!("现在的状态：{chinese}"),
            &format!("It is now: {english}"),
        );
    }
    Ok(())
}

fn action(service: &Service, caller: &Caller, args: &ActArgs) -> Result<Action, CliProblem> {
    let kind: ActionKind = word("动作", "act", &args.action)?;
    if let Some(action) = bare(kind) {
        return Ok(action);
    }
    match of_unit(service, args, kind)? {
        Some(action) => Ok(action),
        None => detailed(service, caller, args, kind),
    }
}

/// The acts that say everything by their name.
fn bare(kind: ActionKind) -> Option<Action> {
    use ActionKind as K;
    Some(match kind {
        K::Withdraw => Action::Withdraw,
        K::Approve => Action::Approve,
        K::Return => Action::Return,
        K::TakeOn => Action::TakeOn,
        K::Accept => Action::Accept,
        K::Rework => Action::Rework,
        K::Close => Action::Close,
        K::Resume => Action::Resume,
        K::Void => Action::Void,
        K::Reopen => Action::Reopen,
        K::Urge => Action::Urge,
        K::ListForSupervision => Action::ListForSupervision,
        K::StrikeOff => Action::StrikeOff,
        K::Ask => Action::Ask,
        K::Remark => Action::Remark,
        _ => return None,
    })
}

/// The acts of a department, or of the room for one without accounts.
fn of_unit(service: &Service, args: &ActArgs, kind: ActionKind) -> Result<Option<Action>, CliProblem> {
    use ActionKind as K;
    Ok(Some(match kind {
        K::Sign => Action::Sign { unit: unit(args)? },
        K::AskTime => Action::AskTime {
            unit: unit(args)?,
            until: a_day(service, args)?,
        },
        K::GrantTime => Action::GrantTime {
            unit: unit(args)?,
            until: until(service, args)?,
        },
        K::HandBack => Action::HandBack {
            unit: unit(args)?,
            proposal: args.to.first().map(|text| code(text)).transpose()?,
        },
        K::FeedBack => Action::FeedBack { unit: unit(args)? },
        _ => return Ok(None),
    }))
}

/// The acts that need more than their name.
fn detailed(
    service: &Service,
    caller: &Caller,
    args: &ActArgs,
    kind: ActionKind,
) -> Result<Action, CliProblem> {
    use ActionKind as K;
    let codes = || {
        args.to
            .iter()
            .map(|text| code(text))
            .collect::<Result<Vec<_>, _>>()
    };
    Ok(match kind {
        K::PassUp => Action::PassUp {
            to: word("层级", "level", one(args)?)?,
        },
        K::SendDown => Action::SendDown {
            to: code(one(args)?)?,
        },
        K::Classify => Action::Classify {
            to: classification(service, args)?,
        },
        K::Dispatch => Action::Dispatch {
            to: assignments(service, args)?,
        },
        K::Hold => Action::Hold {
            until: a_day(service, args)?,
        },
        K::Merge => Action::Merge {
            into: other(service, caller, args)?,
        },
        K::Split => Action::Split {
            into: other(service, caller, args)?,
        },
        K::Whistle => Action::Whistle { units: codes()? },
        K::Check => Action::Check {
            who: code(one(args)?)?,
        },
        K::AnswerCheck => Action::AnswerCheck {
            check: target(args)?,
            verdict: verdict(args)?,
        },
        K::Answer => Action::Answer {
            question: target(args)?,
        },
        K::CallBack => Action::CallBack {
            verdict: verdict(args)?,
        },
        K::Recheck => Action::Recheck {
            verdict: verdict(args)?,
        },
        K::Confirm => Action::Confirm {
            proposal: target(args)?,
        },
        _ => {
            return Err(CliProblem::usage(
                "上报在手机上办理；超时流转由系统办理",
                "reports are handed in on phones; passing by is the server's own act",
            ));
        }
    })
}

fn classification(service: &Service, args: &ActArgs) -> Result<Classification, CliProblem> {
    let directory = service.directory()?;
    let category_version = args
        .category
        .as_ref()
        .and_then(|id| directory.category_current(id, service.now()))
        .map(|category| category.version);
    Ok(Classification {
        category: args.category.clone(),
        category_version,
        grid: args.grid.clone(),
        urgency: maybe::<Urgency>("紧急程度", "urgency", args.urgency.as_deref())?,
        risk: maybe::<Risk>("风险", "risk", args.risk.as_deref())?,
        level: maybe::<Level>("层级", "level", args.level.as_deref())?,
        department: args.department.clone(),
    })
}

/// `UNIT[:lead|assist][@DAY]`; the first is lead where none says so.
fn assignments(service: &Service, args: &ActArgs) -> Result<Vec<Assignment>, CliProblem> {
    let mut all = Vec::new();
    for text in &args.to {
        let (rest, day) = match text.split_once('@') {
            Some((rest, day)) => (rest, Some(day)),
            None => (text.as_str(), None),
        };
        let (unit, part) = match rest.split_once(':') {
            Some((unit, part)) => (unit, Some(word("主办或协办", "part", part)?)),
            None => (rest, None),
        };
        all.push(Assignment {
            unit: code(unit)?,
            part: part.unwrap_or(if all.is_empty() {
                AssignmentPart::Lead
            } else {
                AssignmentPart::Assist
            }),
            due_at: day.map(|day| instant(service, day)).transpose()?,
        });
    }
    if all.is_empty() {
        Err(needs("--to"))
    } else {
        Ok(all)
    }
}

fn other(service: &Service, caller: &Caller, args: &ActArgs) -> Result<ReportId, CliProblem> {
    Ok(service.report_id(caller, &ReportRef::parse(one(args)?))?)
}

fn until(service: &Service, args: &ActArgs) -> Result<Option<Timestamp>, CliProblem> {
    args.until
        .as_deref()
        .map(|text| instant(service, text))
        .transpose()
}

fn a_day(service: &Service, args: &ActArgs) -> Result<Timestamp, CliProblem> {
    until(service, args)?.ok_or_else(|| needs("--until"))
}

/// A day (its end) or a day with a time, in the township's zone.
fn instant(service: &Service, text: &str) -> Result<Timestamp, CliProblem> {
    let zone = super::import::zone(service)?;
    let wrong = || {
        CliProblem::usage(
            format!("“{text}”不是日期。请写成 2026-11-30 或 2026-11-30T18:00"),
            format!("`{text}` is no day; write 2026-11-30 or 2026-11-30T18:00"),
        )
    };
    let local = match chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M") {
        Ok(local) => local,
        Err(_) => crate::import::parse_day(text)
            .and_then(|day| day.succ_opt())
            .and_then(|day| day.and_hms_opt(0, 0, 0))
            .ok_or_else(wrong)?,
    };
    let at = zone.from_local_datetime(&local).earliest().ok_or_else(wrong)?;
    Ok(Timestamp(at.timestamp_millis()))
}

fn one(args: &ActArgs) -> Result<&str, CliProblem> {
    args.to.first().map(String::as_str).ok_or_else(|| needs("--to"))
}

fn unit(args: &ActArgs) -> Result<UnitId, CliProblem> {
    args.unit.clone().ok_or_else(|| needs("--unit"))
}

fn target(args: &ActArgs) -> Result<CommandId, CliProblem> {
    args.target.ok_or_else(|| needs("--target"))
}

fn verdict(args: &ActArgs) -> Result<Verdict, CliProblem> {
    maybe("结论", "verdict", args.verdict.as_deref())?.ok_or_else(|| needs("--verdict"))
}

fn needs(option: &str) -> CliProblem {
    CliProblem::usage(
        format!("这个动作需要 {option}"),
        format!("this act needs {option}"),
    )
}

fn code<T: std::str::FromStr>(text: &str) -> Result<T, CliProblem> {
    text.parse()
        .map_err(|_| CliProblem::usage(format!("“{text}”不是编号"), format!("`{text}` is no code")))
}

/// One of a type's words, as JSON has them; hyphens do as well as underscores.
fn word<T: serde::de::DeserializeOwned>(what_zh: &str, what_en: &str, text: &str) -> Result<T, CliProblem> {
    serde_json::from_value(serde_json::Value::String(text.replace('-', "_"))).map_err(|error| {
        CliProblem::usage(
            format!("没有这样的{what_zh}：{text}（{error}）"),
            format!("there is no {what_en} {text} ({error})"),
        )
    })
}

fn maybe<T: serde::de::DeserializeOwned>(
    what_zh: &str,
    what_en: &str,
    text: Option<&str>,
) -> Result<Option<T>, CliProblem> {
    text.map(|text| word(what_zh, what_en, text)).transpose()
}
