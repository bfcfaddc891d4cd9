//! The table in words, Chinese and English: what `docs/workflow.md` shows and what logs and terminals say.

use std::fmt::Write as _;

use super::rule::{Excuse, Rule, Seen, To, When, Who};
use super::{ActionKind, RULES, State};

/// The act in Chinese and in English.
pub fn action_words(kind: ActionKind) -> (&'static str, &'static str) {
    use ActionKind as A;
    match kind {
        A::Submit => ("上报", "submit"),
        A::Settle => ("当场处置", "settle on the spot"),
        A::Withdraw => ("撤回", "withdraw"),
        A::Approve => ("同意上报", "approve"),
        A::Return => ("退回", "return"),
        A::TakeOn => ("网格内处置", "take on"),
        A::PassUp => ("提级", "pass up"),
        A::SendDown => ("下派", "send down"),
        A::Accept => ("受理", "accept"),
        A::Classify => ("研判分类", "classify"),
        A::Dispatch => ("交办", "dispatch"),
        A::Sign => ("签收", "sign"),
        A::AskTime => ("申请延期", "ask for time"),
        A::GrantTime => ("批复延期", "answer about time"),
        A::HandBack => ("退办", "hand back"),
        A::FeedBack => ("反馈", "feed back"),
        A::Rework => ("驳回重办", "rework"),
        A::Close => ("办结", "close"),
        A::Hold => ("挂账", "hold"),
        A::Resume => ("恢复办理", "resume"),
        A::Void => ("作废", "void"),
        A::Reopen => ("重新打开", "reopen"),
        A::Merge => ("并案", "merge"),
        A::Split => ("拆分", "split"),
        A::Urge => ("催办", "urge"),
        A::ListForSupervision => ("挂牌督办", "list for supervision"),
        A::StrikeOff => ("销号", "strike off"),
        A::Whistle => ("吹哨", "whistle"),
        A::Check => ("核查", "ask for a check"),
        A::AnswerCheck => ("答复核查", "answer a check"),
        A::Ask => ("询问", "ask the reporter"),
        A::Answer => ("答复询问", "answer a question"),
        A::CallBack => ("回访", "call back"),
        A::Recheck => ("抽查", "recheck"),
        A::Remark => ("备注", "remark"),
        A::Confirm => ("确认", "confirm a proposal"),
        A::PassBy => ("超时流转", "pass by the chief"),
    }
}

/// The state in Chinese and in English.
pub fn state_words(state: State) -> (&'static str, &'static str) {
    match state {
        State::Draft => ("草稿", "draft"),
        State::Submitted => ("已上报", "submitted"),
        State::Returned => ("已退回", "returned"),
        State::Queued => ("待受理", "queued"),
        State::Accepted => ("已受理", "accepted"),
        State::Dispatched => ("已交办", "dispatched"),
        State::Handling => ("处置中", "handling"),
        State::FedBack => ("已反馈", "fed back"),
        State::Closed => ("已办结", "closed"),
        State::Settled => ("当场处置待核", "settled"),
        State::Withdrawn => ("已撤回", "withdrawn"),
        State::Void => ("已作废", "void"),
        State::Merged => ("已并案", "merged"),
        State::Held => ("挂账", "held"),
    }
}

fn who_words(who: Who) -> (&'static str, &'static str) {
    match who {
        Who::Reporter => ("上报人", "the reporter"),
        Who::HoldingChief => ("当前负责的网格长", "the chief who holds it"),
        Who::GridChief => ("所属网格的网格长", "a chief of its grid"),
        Who::LevelRoom => ("本级指挥室", "the room of its level"),
        Who::AnyRoom => ("指挥室或县级", "the room or the county desk"),
        Who::NamedUnit => (
            "承办单位（无账号的由指挥室代）",
            "the unit (the room, for one without accounts)",
        ),
        Who::Asked => ("被派核查的人", "who was asked"),
        Who::Supervisor => ("督查", "a supervisor"),
        Who::InScope => ("能看到的人", "anybody who sees it"),
        Who::Confirmer => ("现任有权的人", "whoever may do it now"),
        Who::LastActor => (
            "上一步的经办人（仍在岗）",
            "who made the last step, still in his post",
        ),
        Who::Server => ("系统", "the server"),
    }
}

fn when_words(when: When) -> Option<(&'static str, &'static str)> {
    Some(match when {
        When::Always => return None,
        When::Untouched => ("还没有人处理", "nobody has acted yet"),
        When::LastStepStands => ("其后没有别的步骤", "no other step was made since"),
        When::Shared => ("紧急件、网格长未表态", "urgent, and the chief has not spoken"),
        When::Urgent => ("指挥室已定为紧急", "the room called it urgent"),
        When::AtChief => ("在网格长手里", "the chief holds it"),
        When::AtRoom => ("在指挥室手里", "the room holds it"),
        When::Amended => ("同意后又有修改", "changed after the approval"),
        When::TakenOn => ("网格长自己接办的", "the chief took it on himself"),
        When::Listed => ("已挂牌", "it is listed"),
        When::Questioned => ("有未答的询问", "a question is open"),
        When::TimeAsked => ("有延期申请", "time was asked for"),
        When::Proposed => ("有待确认的决定", "a proposal waits"),
        When::ClockEnded => ("网格长时限已到", "the chief's clock has ended"),
    })
}

fn to_words(to: To) -> (&'static str, &'static str) {
    match to {
        To::State(state) => state_words(state),
        To::Same => ("不变", "stays"),
        To::Entry => ("已上报、待受理或已办结", "submitted, queued or closed"),
        To::SettledEntry => ("当场处置待核或已办结", "settled or closed"),
        To::Above => ("上一级", "the level above"),
        To::Below => ("下一级", "the level below"),
        To::Parts => ("按各单位进度", "by how far all units are"),
        To::Resumed => ("挂账前的状态", "where it stood"),
        To::Before => ("上一步之前", "as before the last step"),
        To::AsProposed => ("按所确认的决定", "as the proposal does"),
    }
}

fn row(rule: &Rule) -> String {
    let joined = |pick: fn((&'static str, &'static str)) -> &'static str,
                  list: &[(&'static str, &'static str)],
                  by| { list.iter().map(|words| pick(*words)).collect::<Vec<_>>().join(by) };
    let cell = |list: &[(&'static str, &'static str)]| {
        format!(
            "{}<br>{}",
            joined(|w| w.0, list, "、"),
            joined(|w| w.1, list, ", ")
        )
    };
    let from: Vec<_> = rule.from.iter().map(|state| state_words(*state)).collect();
    let who: Vec<_> = rule.who.iter().map(|who| who_words(*who)).collect();
    let mut marks = Vec::new();
    if let Some((zh, en)) = when_words(rule.when) {
        marks.push(format!("{zh} {en}"));
    }
    match rule.reason {
        Excuse::None => {}
        Excuse::Needed => marks.push("须写理由 reason".to_owned()),
        Excuse::NeededToRefuse => marks.push("不同意须写理由 reason to refuse".to_owned()),
    }
    if rule.bars_reporter {
        marks.push("上报人回避 not the reporter".to_owned());
    }
    match rule.seen {
        Seen::EveryMove => {}
        Seen::OwnPart => marks.push("只看本单位的交办 measured by its own part".to_owned()),
        Seen::Nothing => marks.push("不影响他人决定 invalidates nothing".to_owned()),
    }
    format!(
        "| {} | {} | {} | {} | {} |\n",
        cell(&[action_words(rule.kind)]),
        cell(&from),
        cell(&who),
        marks.join("<br>"),
        cell(&[to_words(rule.to)])
    )
}

/// `docs/workflow.md`: the whole table for people, with what stands beside it.
pub fn table_page() -> String {
    let mut page = String::from(INTRODUCTION);
    for rule in RULES {
        page.push_str(&row(rule));
    }
    page.push_str(RULES_BESIDE);
    for state in State::ALL {
        let (zh, en) = state_words(*state);
        let _ = writeln!(page, "| `{}` | {zh} | {en} |", state.as_str());
    }
    page
}

const INTRODUCTION: &str = "\
# 流程 The workflow

This page is written from the one table in `core/src/workflow/table.rs`; a test keeps the two equal. Change the table, then run
`XUNGE_WRITE=1 cargo test -p xunge-core --lib workflow::` to write the page anew.

谁能在什么时候做什么，只在一张表里定：手机、服务器、控制台都用它；最后由服务器定，并说明原因。
The same table decides on the phone, in the console and on the server; the server has the last word and says why.

| 动作 act | 从 from | 谁 who | 条件 conditions | 到 to |
| --- | --- | --- | --- | --- |
";

const RULES_BESIDE: &str = "
## 表外的规矩 What stands beside the table

- **报办分离**: 上报人不得同意、处置、审核同一件事，不论他有什么岗位；当场处置由网格长核实，可再抽查。改分类、加备注不算上报人。
  Who reports does not approve, handle or review the same matter, whatever posts he holds. A correction or a note makes nobody a reporter.
- **入口**: 网格员上报先到网格长；紧急件网格长与指挥室同时收到；网格长自己上报的、没有别的网格长的、指挥室录入的，直接到镇街；
  只记录的类别收到即办结；指挥室退回的，改好后回到指挥室。
  A worker's report goes to the chief; an urgent one to chief and room together; a chief's own, one without another chief and what the
  room enters to the township; a record-only kind closes on receipt; what the room returned comes back to the room.
- **超时**: 网格长时限（默认 4 个工作小时，从服务器收到算起）一到，自动流转并注明未经网格长同意；他迟到的决定记为备注。
  When the chief's clock ends the report passes by him, marked; his later decision is filed as a remark.
- **先后**: 每个决定都带着做决定时看到的最后一步；其间别人已决定的，不生效并告知；催办、询问等标记不影响任何决定。
  A decision names the last move that its author saw. If somebody moved the report meanwhile it has no effect, and he is told. Flags
  invalidate nothing; units are measured by their own part only, so that two departments never stand in each other's way.
- **看到才算**: 同意只对网格长看到的内容有效；之后上报人的修改要重新同意。没收到的退回不能被重新上报或同意盖过去。
  An approval covers the words that were seen. A return that a phone has not received cannot be approved or submitted away.
- **撤回上一步**: 同意、接办、提级、下派、受理、交办，其后还没有人办下一步的，经办人本人可以撤回，恢复原状，时限照原来的算；签收或别的
  决定在先的，撤回不生效并告知。结束、挂账、退回的，各有对应的动作。
  Who approved, took on, passed up, sent down, accepted or dispatched takes it back while nobody has made a further step; all stands as
  before, and the clocks run as if nothing had been done. Whoever signed or decided first wins. What ends, holds or returns has an act of
  its own.
- **离任**: 任期（代理、轮值）内作的决定在离任后才收到的，成为待确认的决定，由现任确认后生效。
  A decision made within a post but received after its end waits as a proposal until a present holder confirms it.
- **办结**: 被吹哨的单位都反馈了、有反映人的已回访，才能办结。网格长、村负责人自己接办的自己办结，指挥室下派的由指挥室审核办结；
  记在办理的那一级：网格、村办好的算就地化解，部门办的算镇街，县级办的算县。
  A matter closes when every called unit has fed back and who told us was called back. What a grid's chief or a village's head took on he
  closes himself; what the room sent down the room reviews and closes. The level that handled it is recorded: grid and village, the
  township for departments, the county for its desk.

## 状态 States

| name | 中文 | English |
| --- | --- | --- |
";
