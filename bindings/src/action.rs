//! Every act with what it carries.

use xunge_core::command::{Action, Assignment, Classification, Opening, Verdict};
use xunge_core::directory::Level;
use xunge_core::id::{CommandId, PersonId, ReportId, UnitId};
use xunge_core::time::Timestamp;

/// One act. The transition table, who may do what, and which of these need a reason are in [`crate::workflow`].
#[uniffi::remote(Enum)]
pub enum Action {
    /// 上报: the reporter hands in (again, after a return).
    Submit {
        /// What the workflow must know of the content.
        opening: Opening,
    },
    /// 当场处置: the reporter hands in what he has settled himself.
    Settle {
        /// What the workflow must know of the content.
        opening: Opening,
    },
    /// The reporter takes back what nobody has acted on yet.
    Withdraw,
    /// 同意上报 by the chief; on a settled report: agreed, closes at grid level.
    Approve,
    /// 退回 to the reporter, by the chief or the room.
    Return,
    /// 网格内处置: the chief takes it on.
    TakeOn,
    /// 提级: one level up, to the given unit.
    PassUp {
        /// The level that is to hold it.
        to: Level,
    },
    /// 下派: the room gives it to a grid's chief or a village.
    SendDown {
        /// The grid or village.
        to: UnitId,
    },
    /// 受理.
    Accept,
    /// The room's classification; changes no state.
    Classify {
        /// What is corrected.
        to: Classification,
    },
    /// 交办: to one lead and any number of assisting departments.
    Dispatch {
        /// The departments, exactly one of them lead.
        to: Vec<Assignment>,
    },
    /// 签收 by a department (or by the room for one without accounts).
    Sign {
        /// The unit that signs.
        unit: UnitId,
    },
    /// A department asks for more time.
    AskTime {
        /// The unit that asks.
        unit: UnitId,
        /// The deadline that it asks for.
        until: Timestamp,
    },
    /// The room answers a request for time.
    GrantTime {
        /// The unit that asked.
        unit: UnitId,
        /// The deadline that now holds; `None` where it is not granted.
        until: Option<Timestamp>,
    },
    /// Not ours: back to the room, with a proposal whose it is.
    HandBack {
        /// The unit that hands back.
        unit: UnitId,
        /// Whose it is, where the unit knows.
        proposal: Option<UnitId>,
    },
    /// 反馈: handled, with what was done in the command's text.
    FeedBack {
        /// The unit that handled it.
        unit: UnitId,
    },
    /// 驳回重办: the review was not passed.
    Rework,
    /// 办结, accepted by whoever may close it.
    Close,
    /// 挂账 until a day to look again.
    Hold {
        /// When to look again.
        until: Timestamp,
    },
    /// Takes a held report up again where it stood.
    Resume,
    /// 作废.
    Void,
    /// Opens a closed report again.
    Reopen,
    /// Merges this report into another; this one ends, its reporter follows the other.
    Merge {
        /// The report that goes on.
        into: ReportId,
    },
    /// Notes that part of this report goes on under a new report.
    Split {
        /// The new report.
        into: ReportId,
    },
    /// 催办. A flag.
    Urge,
    /// 挂牌督办. A flag.
    ListForSupervision,
    /// 销号: strikes a listed matter off the list. A flag.
    StrikeOff,
    /// 吹哨: calls departments together. A flag; each called one must report in by feeding back.
    Whistle {
        /// The departments called.
        units: Vec<UnitId>,
    },
    /// 核查: asks a worker to look on the spot. A flag; grants him the report.
    Check {
        /// Who is asked.
        who: PersonId,
    },
    /// The answer to a check.
    AnswerCheck {
        /// The check that is answered.
        check: CommandId,
        /// What was found.
        verdict: Verdict,
    },
    /// Asks the reporter something without changing the state. A flag.
    Ask,
    /// The reporter's answer. A flag.
    Answer {
        /// The question that is answered.
        question: CommandId,
    },
    /// 回访 of the informant. A flag.
    CallBack {
        /// Whether the informant is content.
        verdict: Verdict,
    },
    /// 抽查 of a settled or closed report. A flag; `NotConfirmed` lets the room reopen it.
    Recheck {
        /// What was found.
        verdict: Verdict,
    },
    /// A remark in the story. A flag.
    Remark,
    /// The present holder confirms a proposal, which then takes effect as his own act.
    Confirm {
        /// The proposed command.
        proposal: CommandId,
    },
    /// The chief's clock ended: the report passes by him (未经网格长同意). Written by the server alone.
    PassBy,
}
