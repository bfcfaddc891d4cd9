//! The kinds of acts, without what they carry: what the workflow table, buttons and counters name.

use serde::{Deserialize, Serialize};

use super::Action;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// An [`Action`] without its fields. The text form is the wire form of the action's tag.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ActionKind {
            $($(#[$doc])* $name),+
        }

        impl ActionKind {
            /// Every kind, in the order of [`Action`].
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable name (`feed_back`), as in JSON.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text),+
                }
            }

            /// The kind with this stable name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.as_str() == name)
            }
        }
    };
}

kinds!(
    /// 上报.
    Submit = "submit",
    /// 当场处置.
    Settle = "settle",
    /// 撤回.
    Withdraw = "withdraw",
    /// 同意上报.
    Approve = "approve",
    /// 退回.
    Return = "return",
    /// 网格内处置.
    TakeOn = "take_on",
    /// 提级.
    PassUp = "pass_up",
    /// 下派.
    SendDown = "send_down",
    /// 受理.
    Accept = "accept",
    /// 研判分类.
    Classify = "classify",
    /// 交办.
    Dispatch = "dispatch",
    /// 签收.
    Sign = "sign",
    /// 申请延期.
    AskTime = "ask_time",
    /// 批复延期.
    GrantTime = "grant_time",
    /// 退办.
    HandBack = "hand_back",
    /// 反馈.
    FeedBack = "feed_back",
    /// 驳回重办.
    Rework = "rework",
    /// 办结.
    Close = "close",
    /// 挂账.
    Hold = "hold",
    /// 恢复办理.
    Resume = "resume",
    /// 作废.
    Void = "void",
    /// 重新打开.
    Reopen = "reopen",
    /// 并案.
    Merge = "merge",
    /// 拆分.
    Split = "split",
    /// 催办.
    Urge = "urge",
    /// 挂牌督办.
    ListForSupervision = "list_for_supervision",
    /// 销号.
    StrikeOff = "strike_off",
    /// 吹哨.
    Whistle = "whistle",
    /// 核查.
    Check = "check",
    /// 答复核查.
    AnswerCheck = "answer_check",
    /// 询问.
    Ask = "ask",
    /// 答复询问.
    Answer = "answer",
    /// 回访.
    CallBack = "call_back",
    /// 抽查.
    Recheck = "recheck",
    /// 备注.
    Remark = "remark",
    /// 确认.
    Confirm = "confirm",
    /// 超时流转.
    PassBy = "pass_by",
);

impl Action {
    /// The kind of this act.
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::Submit { .. } => ActionKind::Submit,
            Self::Settle { .. } => ActionKind::Settle,
            Self::Withdraw => ActionKind::Withdraw,
            Self::Approve => ActionKind::Approve,
            Self::Return => ActionKind::Return,
            Self::TakeOn => ActionKind::TakeOn,
            Self::PassUp { .. } => ActionKind::PassUp,
            Self::SendDown { .. } => ActionKind::SendDown,
            Self::Accept => ActionKind::Accept,
            Self::Classify { .. } => ActionKind::Classify,
            Self::Dispatch { .. } => ActionKind::Dispatch,
            Self::Sign { .. } => ActionKind::Sign,
            Self::AskTime { .. } => ActionKind::AskTime,
            Self::GrantTime { .. } => ActionKind::GrantTime,
            Self::HandBack { .. } => ActionKind::HandBack,
            Self::FeedBack { .. } => ActionKind::FeedBack,
            Self::Rework => ActionKind::Rework,
            Self::Close => ActionKind::Close,
            Self::Hold { .. } => ActionKind::Hold,
            Self::Resume => ActionKind::Resume,
            Self::Void => ActionKind::Void,
            Self::Reopen => ActionKind::Reopen,
            Self::Merge { .. } => ActionKind::Merge,
            Self::Split { .. } => ActionKind::Split,
            Self::Urge => ActionKind::Urge,
            Self::ListForSupervision => ActionKind::ListForSupervision,
            Self::StrikeOff => ActionKind::StrikeOff,
            Self::Whistle { .. } => ActionKind::Whistle,
            Self::Check { .. } => ActionKind::Check,
            Self::AnswerCheck { .. } => ActionKind::AnswerCheck,
            Self::Ask => ActionKind::Ask,
            Self::Answer { .. } => ActionKind::Answer,
            Self::CallBack { .. } => ActionKind::CallBack,
            Self::Recheck { .. } => ActionKind::Recheck,
            Self::Remark => ActionKind::Remark,
            Self::Confirm { .. } => ActionKind::Confirm,
            Self::PassBy => ActionKind::PassBy,
        }
    }
}
