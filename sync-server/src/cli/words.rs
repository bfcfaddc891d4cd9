//! The catalogue: refusals, levels, holders and outcomes in Chinese and English. Acts and states are in `xunge_core::workflow`.

use xunge_core::command::{HolderPart, Outcome, Refusal};
use xunge_core::directory::Level;

/// Every refusal in Chinese and in English: why, and what to do. A test holds the table against the enum.
const REFUSALS: [(Refusal, &str, &str); 26] = [
    (
        Refusal::NotYourPost,
        "没有可以这样做的岗位。请由有该岗位的人办理",
        "no post that may do this here; ask whoever holds one",
    ),
    (
        Refusal::ReporterMayNotDecide,
        "报办分离：上报人不能审核、办理同一事件",
        "who reported a matter does not approve, handle or review it",
    ),
    (
        Refusal::WrongState,
        "事件目前的状态不能这样做。请先查看最新状态",
        "not possible in the report's present state; look at it again",
    ),
    (
        Refusal::DecidedMeanwhile,
        "别人已先作出决定。请查看后再定",
        "somebody decided before; look at it and decide anew",
    ),
    (
        Refusal::ContentChanged,
        "上报内容已有修改。请看过修改后再审",
        "the words have changed since; look at the change and decide anew",
    ),
    (Refusal::ReasonMissing, "必须说明理由", "a reason is required"),
    (
        Refusal::PostEnded,
        "收到时岗位已经到期，等现任确认",
        "the post had ended before the act was received; the present holder confirms it",
    ),
    (
        Refusal::PassedBy,
        "网格长时限已过，事件已到指挥室，意见留作备注",
        "the chief's time had ended and the report had passed by him; it stands as a remark",
    ),
    (
        Refusal::AfterPictureMissing,
        "当场处置要有处置后的照片或说明",
        "settling asks for a picture of the result or a reason",
    ),
    (
        Refusal::ContentIncomplete,
        "上报内容不完整。请补齐后再报",
        "the content is incomplete; complete it and hand it in again",
    ),
    (
        Refusal::UnknownReport,
        "没有这个事件。请核对编号",
        "no such report; check the code",
    ),
    (
        Refusal::UnknownUnit,
        "没有这个单位，或它不能承办。请核对",
        "no such unit, or not one that can take this; check the code",
    ),
    (
        Refusal::BadAssignment,
        "必须有且只有一个主办单位，单位不能重复",
        "exactly one lead department is needed, and none twice",
    ),
    (
        Refusal::UnknownTarget,
        "要答复或确认的事项不存在，或已答复",
        "what is answered or confirmed is not there, or was answered already",
    ),
    (Refusal::ServerOnly, "只能由系统办理", "only the server does this"),
    (Refusal::Revoked, "手机已被注销", "the install is revoked"),
    (Refusal::Erased, "内容已依法删除", "the content was erased by law"),
    (
        Refusal::NotAllReportedIn,
        "还有被吹哨的单位没有报到",
        "some called department has not reported in yet",
    ),
    (
        Refusal::NameReused,
        "同一编号已用于别的操作",
        "the same name was used for another act",
    ),
    (
        Refusal::NotReceivedYet,
        "手机还没收到最新退回。请先同步",
        "the author had not received what this depends on; sync first",
    ),
    (
        Refusal::UnknownCategory,
        "没有这个类别或版本",
        "no such category or version",
    ),
    (
        Refusal::CallBackMissing,
        "办结前要先回访",
        "the informant is to be called back before closing",
    ),
    (
        Refusal::WrongLevel,
        "层级不对，不是现持有层级的上级或下级",
        "the level is not above (or below) the one that holds the report",
    ),
    (
        Refusal::TooLong,
        "文字或列表太长。请缩短",
        "a text or list is too long; shorten it",
    ),
    (
        Refusal::UnknownPerson,
        "没有这个人，或不能派给他",
        "no such person, or one who cannot be asked",
    ),
    (
        Refusal::PredecessorRefused,
        "它所依据的上一步没有被接受",
        "the step that it was built on was itself refused",
    ),
];

/// Why an act did not take effect and what to do, in Chinese and in English.
pub fn refusal_words(refusal: Refusal) -> (&'static str, &'static str) {
    REFUSALS
        .iter()
        .find(|(listed, ..)| *listed == refusal)
        .map(|(_, chinese, english)| (*chinese, *english))
        .expect("the table has every refusal, as a test proves")
}

/// A risk in Chinese and in English.
pub(crate) fn risk_words(risk: xunge_core::command::Risk) -> (&'static str, &'static str) {
    use xunge_core::command::Risk;
    match risk {
        Risk::High => ("高风险", "high risk"),
        Risk::Medium => ("中风险", "medium risk"),
        Risk::Low => ("低风险", "low risk"),
    }
}

/// A level in Chinese and in English.
pub fn level_words(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Grid => ("网格级", "grid"),
        Level::Village => ("村社级", "village"),
        Level::Township => ("镇街级", "township"),
        Level::County => ("县级", "county"),
    }
}

/// The part of whoever holds a report.
pub fn part_words(part: HolderPart) -> (&'static str, &'static str) {
    match part {
        HolderPart::Reporter => ("上报人", "the reporter"),
        HolderPart::Chief => ("网格长", "the chief"),
        HolderPart::Room => ("指挥室", "the command room"),
        HolderPart::Department => ("承办部门", "the department"),
        HolderPart::Nobody => ("已结束", "nobody any more"),
    }
}

/// What came of an act, and why where there is a why.
pub fn outcome_words(outcome: Outcome) -> (String, String) {
    let with = |zh: &str, en: &str, refusal| {
        let (why_zh, why_en) = refusal_words(refusal);
        (format!("{zh}：{why_zh}"), format!("{en}: {why_en}"))
    };
    match outcome {
        Outcome::Accepted => ("已生效".into(), "took effect".into()),
        Outcome::Refused(refusal) => with("未生效", "refused", refusal),
        Outcome::Remark(refusal) => with("留作备注", "filed as a remark", refusal),
        Outcome::Proposal(refusal) => with(
            "作为建议，待现任确认",
            "a proposal for the present holder",
            refusal,
        ),
    }
}
