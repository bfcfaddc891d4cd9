//! Acts, states and the server's words.

use xunge_core::command::{
    ActionKind, Assignment, AssignmentPart, Classification, Holder, HolderPart, Opening, Reason, Risk, State,
    Urgency, Verdict,
};
use xunge_core::directory::Level;
use xunge_core::id::{AttachmentId, CategoryId, UnitId};
use xunge_core::time::Timestamp;

/// How pressing a matter is.
#[uniffi::remote(Enum)]
pub enum Urgency {
    /// 一般.
    Normal,
    /// 紧急: reaches chief and room together, and is queued at once.
    Urgent,
}

/// 高、中、低.
#[uniffi::remote(Enum)]
pub enum Risk {
    /// 低.
    Low,
    /// 中.
    Medium,
    /// 高.
    High,
}

/// Why something was returned, refused, held, handed back …
#[uniffi::remote(Record)]
pub struct Reason {
    /// A chosen template's code (`blurred`, `wrong_place` …), where one was tapped.
    pub code: Option<String>,
    /// Words; may be empty where a code or a voice note says it.
    pub text: String,
    /// A voice note in the report's attachments that says it.
    pub voice: Option<AttachmentId>,
}

/// The room's word beside the worker's; what is `None` stays as it was.
#[uniffi::remote(Record)]
pub struct Classification {
    /// The category.
    pub category: Option<CategoryId>,
    /// The category's version.
    pub category_version: Option<u32>,
    /// The grid to which the matter belongs.
    pub grid: Option<UnitId>,
    /// How pressing it is.
    pub urgency: Option<Urgency>,
    /// How dangerous it is.
    pub risk: Option<Risk>,
    /// The level that should handle it.
    pub level: Option<Level>,
    /// The department that is to handle it, before it is dispatched.
    pub department: Option<UnitId>,
}

/// A unit's part in handling.
#[uniffi::remote(Enum)]
pub enum AssignmentPart {
    /// 主办: exactly one.
    Lead,
    /// 协办.
    Assist,
}

/// A department that a report is dispatched to.
#[uniffi::remote(Record)]
pub struct Assignment {
    /// The department (or a grid or village to which a matter is sent down).
    pub unit: UnitId,
    /// Its part.
    pub part: AssignmentPart,
    /// The deadline that the room gave, where it differs from the policy.
    pub due_at: Option<Timestamp>,
}

/// What a check, a recheck or a call back found.
#[uniffi::remote(Enum)]
pub enum Verdict {
    /// As reported; done as said; content.
    Confirmed,
    /// Not as reported; not done; not content.
    NotConfirmed,
    /// Could not be found out (nobody there, no way in).
    Unknown,
}

/// What a submission says about itself where the workflow must know it: copied from the content by the phone, checked against it by the
/// server.
#[uniffi::remote(Record)]
pub struct Opening {
    /// The grid that the worker chose.
    pub grid: UnitId,
    /// The category.
    pub category: CategoryId,
    /// Its version.
    pub category_version: u32,
    /// How pressing the worker holds it.
    pub urgency: Urgency,
    /// The readable code.
    pub code: String,
    /// The level at which the report starts: the grid for a worker, the township for what the room enters or a chief reports.
    pub level: Level,
}

/// Where a report stands.
#[uniffi::remote(Enum)]
pub enum State {
    /// 草稿: on the phone only; no command exists.
    Draft,
    /// 已上报: waits for the chief of the grid (or of the village, passed up).
    Submitted,
    /// 已退回: waits for the reporter.
    Returned,
    /// 待受理: in the room's queue.
    Queued,
    /// 已受理: the room has it and is to dispatch it.
    Accepted,
    /// 已交办: waits for the lead department's signature.
    Dispatched,
    /// 处置中.
    Handling,
    /// 已反馈: waits for the review.
    FedBack,
    /// 已办结.
    Closed,
    /// 当场处置: settled by the reporter, waits for the chief's check.
    Settled,
    /// 已撤回.
    Withdrawn,
    /// 已作废.
    Void,
    /// 已并案: goes on under another report.
    Merged,
    /// 挂账.
    Held,
}

/// In what part somebody holds a report.
#[uniffi::remote(Enum)]
pub enum HolderPart {
    /// The reporter, at his grid.
    Reporter,
    /// The chief of the unit (a grid or a village).
    Chief,
    /// The command room of the unit (a township or the county).
    Room,
    /// The department.
    Department,
    /// Nobody any more: the matter has ended at this unit.
    Nobody,
}

/// Who holds a report: a part at a unit, never a person, so that nobody's absence or new phone leaves it stuck.
#[uniffi::remote(Record)]
pub struct Holder {
    /// The unit.
    pub unit: UnitId,
    /// The part.
    pub part: HolderPart,
}

/// An act without what it carries.
#[uniffi::remote(Enum)]
pub enum ActionKind {
    /// 上报.
    Submit,
    /// 当场处置.
    Settle,
    /// 撤回.
    Withdraw,
    /// 同意上报.
    Approve,
    /// 退回.
    Return,
    /// 网格内处置.
    TakeOn,
    /// 提级.
    PassUp,
    /// 下派.
    SendDown,
    /// 受理.
    Accept,
    /// 研判分类.
    Classify,
    /// 交办.
    Dispatch,
    /// 签收.
    Sign,
    /// 申请延期.
    AskTime,
    /// 批复延期.
    GrantTime,
    /// 退办.
    HandBack,
    /// 反馈.
    FeedBack,
    /// 驳回重办.
    Rework,
    /// 办结.
    Close,
    /// 挂账.
    Hold,
    /// 恢复办理.
    Resume,
    /// 作废.
    Void,
    /// 重新打开.
    Reopen,
    /// 并案.
    Merge,
    /// 拆分.
    Split,
    /// 催办.
    Urge,
    /// 挂牌督办.
    ListForSupervision,
    /// 销号.
    StrikeOff,
    /// 吹哨.
    Whistle,
    /// 核查.
    Check,
    /// 答复核查.
    AnswerCheck,
    /// 询问.
    Ask,
    /// 答复询问.
    Answer,
    /// 回访.
    CallBack,
    /// 抽查.
    Recheck,
    /// 备注.
    Remark,
    /// 确认.
    Confirm,
    /// 超时流转.
    PassBy,
}
