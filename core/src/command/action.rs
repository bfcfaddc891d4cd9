//! Everything that can be done to a report.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::Opening;
use crate::directory::Level;
use crate::id::{AttachmentId, CategoryId, CommandId, PersonId, ReportId, UnitId};
use crate::time::Timestamp;

/// How pressing a matter is.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// 一般.
    #[n(0)]
    #[default]
    Normal,
    /// 紧急: reaches chief and room together, and is queued at once.
    #[n(1)]
    Urgent,
}

/// 高、中、低.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// 低.
    #[n(0)]
    Low,
    /// 中.
    #[n(1)]
    Medium,
    /// 高.
    #[n(2)]
    High,
}

/// Why something was returned, refused, held, handed back …
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Reason {
    /// A chosen template's code (`blurred`, `wrong_place` …), where one was tapped.
    #[n(0)]
    pub code: Option<String>,
    /// Words; may be empty where a code or a voice note says it.
    #[n(1)]
    pub text: String,
    /// A voice note in the report's attachments that says it.
    #[n(2)]
    pub voice: Option<AttachmentId>,
}

impl Reason {
    /// A reason in words.
    pub fn words(text: impl Into<String>) -> Self {
        Self {
            code: None,
            text: text.into(),
            voice: None,
        }
    }
    /// Whether anything is said at all.
    pub fn is_given(&self) -> bool {
        self.code.as_deref().is_some_and(|c| !c.trim().is_empty())
            || !self.text.trim().is_empty()
            || self.voice.is_some()
    }
}

/// The room's word beside the worker's; what is `None` stays as it was.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Classification {
    /// The category.
    #[n(0)]
    pub category: Option<CategoryId>,
    /// The category's version.
    #[n(1)]
    pub category_version: Option<u32>,
    /// The grid to which the matter belongs.
    #[n(2)]
    pub grid: Option<UnitId>,
    /// How pressing it is.
    #[n(3)]
    pub urgency: Option<Urgency>,
    /// How dangerous it is.
    #[n(4)]
    pub risk: Option<Risk>,
    /// The level that should handle it.
    #[n(5)]
    pub level: Option<Level>,
    /// The department that is to handle it, before it is dispatched.
    #[n(6)]
    pub department: Option<UnitId>,
}

/// A unit's part in handling.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentPart {
    /// 主办: exactly one.
    #[n(0)]
    Lead,
    /// 协办.
    #[n(1)]
    Assist,
}

/// A department that a report is dispatched to.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Assignment {
    /// The department (or a grid or village to which a matter is sent down).
    #[n(0)]
    pub unit: UnitId,
    /// Its part.
    #[n(1)]
    pub part: AssignmentPart,
    /// The deadline that the room gave, where it differs from the policy.
    #[n(2)]
    pub due_at: Option<Timestamp>,
}

/// What a check, a recheck or a call back found.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As reported; done as said; content.
    #[n(0)]
    Confirmed,
    /// Not as reported; not done; not content.
    #[n(1)]
    NotConfirmed,
    /// Could not be found out (nobody there, no way in).
    #[n(2)]
    Unknown,
}

/// One act. The transition table, who may do what, and which of these need a reason are in [`crate::workflow`].
#[derive(Clone, PartialEq, Debug, Encode, Decode, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// 上报: the reporter hands in (again, after a return).
    #[n(0)]
    Submit {
        /// What the workflow must know of the content.
        #[n(0)]
        opening: Opening,
    },
    /// 当场处置: the reporter hands in what he has settled himself.
    #[n(1)]
    Settle {
        /// What the workflow must know of the content.
        #[n(0)]
        opening: Opening,
    },
    /// The reporter takes back what nobody has acted on yet; who made the last step takes that step back while nobody made another.
    #[n(2)]
    Withdraw,
    /// 同意上报 by the chief; on a settled report: agreed, closes at grid level.
    #[n(3)]
    Approve,
    /// 退回 to the reporter, by the chief or the room.
    #[n(4)]
    Return,
    /// 网格内处置: the chief takes it on.
    #[n(5)]
    TakeOn,
    /// 提级: one level up, to the given unit.
    #[n(6)]
    PassUp {
        /// The level that is to hold it.
        #[n(0)]
        to: Level,
    },
    /// 下派: the room gives it to a grid's chief or a village.
    #[n(7)]
    SendDown {
        /// The grid or village.
        #[n(0)]
        to: UnitId,
    },
    /// 受理.
    #[n(8)]
    Accept,
    /// The room's classification; changes no state.
    #[n(9)]
    Classify {
        /// What is corrected.
        #[n(0)]
        to: Classification,
    },
    /// 交办: to one lead and any number of assisting departments.
    #[n(10)]
    Dispatch {
        /// The departments, exactly one of them lead.
        #[n(0)]
        to: Vec<Assignment>,
    },
    /// 签收 by a department (or by the room for one without accounts).
    #[n(11)]
    Sign {
        /// The unit that signs.
        #[n(0)]
        unit: UnitId,
    },
    /// A department asks for more time.
    #[n(12)]
    AskTime {
        /// The unit that asks.
        #[n(0)]
        unit: UnitId,
        /// The deadline that it asks for.
        #[n(1)]
        until: Timestamp,
    },
    /// The room answers a request for time.
    #[n(13)]
    GrantTime {
        /// The unit that asked.
        #[n(0)]
        unit: UnitId,
        /// The deadline that now holds; `None` where it is not granted.
        #[n(1)]
        until: Option<Timestamp>,
    },
    /// Not ours: back to the room, with a proposal whose it is.
    #[n(14)]
    HandBack {
        /// The unit that hands back.
        #[n(0)]
        unit: UnitId,
        /// Whose it is, where the unit knows.
        #[n(1)]
        proposal: Option<UnitId>,
    },
    /// 反馈: handled, with what was done in the command's text.
    #[n(15)]
    FeedBack {
        /// The unit that handled it.
        #[n(0)]
        unit: UnitId,
    },
    /// 驳回重办: the review was not passed.
    #[n(16)]
    Rework,
    /// 办结, accepted by whoever may close it.
    #[n(17)]
    Close,
    /// 挂账 until a day to look again.
    #[n(18)]
    Hold {
        /// When to look again.
        #[n(0)]
        until: Timestamp,
    },
    /// Takes a held report up again where it stood.
    #[n(19)]
    Resume,
    /// 作废.
    #[n(20)]
    Void,
    /// Opens a closed report again.
    #[n(21)]
    Reopen,
    /// Merges this report into another; this one ends, its reporter follows the other.
    #[n(22)]
    Merge {
        /// The report that goes on.
        #[n(0)]
        into: ReportId,
    },
    /// Notes that part of this report goes on under a new report.
    #[n(23)]
    Split {
        /// The new report.
        #[n(0)]
        into: ReportId,
    },
    /// 催办. A flag.
    #[n(24)]
    Urge,
    /// 挂牌督办. A flag.
    #[n(25)]
    ListForSupervision,
    /// 销号: strikes a listed matter off the list. A flag.
    #[n(26)]
    StrikeOff,
    /// 吹哨: calls departments together. A flag; each called one must report in by feeding back.
    #[n(27)]
    Whistle {
        /// The departments called.
        #[n(0)]
        units: Vec<UnitId>,
    },
    /// 核查: asks a worker to look on the spot. A flag; grants him the report.
    #[n(28)]
    Check {
        /// Who is asked.
        #[n(0)]
        who: PersonId,
    },
    /// The answer to a check.
    #[n(29)]
    AnswerCheck {
        /// The check that is answered.
        #[n(0)]
        check: CommandId,
        /// What was found.
        #[n(1)]
        verdict: Verdict,
    },
    /// Asks the reporter something without changing the state. A flag.
    #[n(30)]
    Ask,
    /// The reporter's answer. A flag.
    #[n(31)]
    Answer {
        /// The question that is answered.
        #[n(0)]
        question: CommandId,
    },
    /// 回访 of the informant. A flag.
    #[n(32)]
    CallBack {
        /// Whether the informant is content.
        #[n(0)]
        verdict: Verdict,
    },
    /// 抽查 of a settled or closed report. A flag; `NotConfirmed` lets the room reopen it.
    #[n(33)]
    Recheck {
        /// What was found.
        #[n(0)]
        verdict: Verdict,
    },
    /// A remark in the story. A flag.
    #[n(34)]
    Remark,
    /// The present holder confirms a proposal, which then takes effect as his own act.
    #[n(35)]
    Confirm {
        /// The proposed command.
        #[n(0)]
        proposal: CommandId,
    },
    /// The chief's clock ended: the report passes by him (未经网格长同意). Written by the server alone.
    #[n(36)]
    PassBy,
}
