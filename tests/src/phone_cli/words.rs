//! What the terminal phone says, in two languages. No rule is decided here.

mod attention;
mod failure;
mod thing;

use clap::ValueEnum;

use xunge_core::command::{ActionKind, Outcome, Refusal, State};
use xunge_core::workflow::action_words;

/// The language on screen.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lang {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub struct Words(pub Lang);

impl Words {
    /// Picks one of two texts.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// A state's name.
    pub fn state(self, state: State) -> &'static str {
        let (zh, en) = match state {
            State::Draft => ("草稿", "draft"),
            State::Submitted => ("已上报", "with the chief"),
            State::Returned => ("已退回", "returned"),
            State::Queued => ("待受理", "waiting for the room"),
            State::Accepted => ("已受理", "accepted"),
            State::Dispatched => ("已交办", "dispatched"),
            State::Handling => ("处置中", "being handled"),
            State::FedBack => ("已反馈", "fed back"),
            State::Closed => ("已办结", "closed"),
            State::Settled => ("当场处置", "settled on the spot"),
            State::Withdrawn => ("已撤回", "withdrawn"),
            State::Void => ("已作废", "void"),
            State::Merged => ("已并案", "merged"),
            State::Held => ("挂账", "on hold"),
        };
        self.pick(zh, en)
    }

    /// An act's name.
    pub fn action(self, kind: ActionKind) -> String {
        let (zh, en) = action_words(kind);
        self.pick(zh, en).to_owned()
    }

    /// Why an act had no effect, and what to do.
    pub fn refusal(self, refusal: Refusal) -> &'static str {
        let (zh, en) = match refusal {
            Refusal::NotYourPost => ("您的岗位不能办这一步", "your post may not do this here"),
            Refusal::ReporterMayNotDecide => {
                ("报办分离：谁报的谁不能审、办、核", "who reports does not decide")
            }
            Refusal::WrongState => (
                "现在这一步不能这样办，请看最新进展",
                "not possible now: look at where it stands",
            ),
            Refusal::DecidedMeanwhile => (
                "别人已先办理，请看最新进展",
                "somebody decided before you: look at it again",
            ),
            Refusal::ContentChanged => (
                "内容有补充，请看过再定",
                "the words changed since: look again, then decide",
            ),
            Refusal::ReasonMissing => ("请说明理由", "give a reason"),
            Refusal::PostEnded => ("岗位已到期", "the post had ended"),
            Refusal::PassedBy => (
                "审核时限已过，已流转到镇里",
                "the clock had ended; it went on to the township",
            ),
            Refusal::AfterPictureMissing => (
                "请补一张处置后照片或说明",
                "add a picture of afterwards or say what was done",
            ),
            Refusal::ContentIncomplete => ("内容没填全", "the content is incomplete"),
            Refusal::UnknownReport => (
                "镇里还没有收到这一件",
                "the township does not have this report yet",
            ),
            Refusal::UnknownUnit => ("没有这个单位", "there is no such unit"),
            Refusal::BadAssignment => ("主办单位要有且只有一个", "exactly one lead department"),
            Refusal::UnknownTarget => ("要答复的那一条找不到", "what is answered is not there"),
            Refusal::ServerOnly => ("这一步只能由系统办理", "only the system does this"),
            Refusal::Revoked => ("这部手机已停用", "this phone is no longer enrolled"),
            Refusal::Erased => ("内容已依法删除", "erased by law"),
            Refusal::NotAllReportedIn => ("还有单位没有反馈", "some unit has not reported in"),
            Refusal::NameReused => ("编号重复", "the name is used already"),
            Refusal::NotReceivedYet => (
                "您还没收到最新的退回，请先收发",
                "receive the latest first, then decide",
            ),
            Refusal::UnknownCategory => ("没有这个类别", "there is no such category"),
            Refusal::CallBackMissing => ("办结前要回访", "call the informant back before closing"),
            Refusal::WrongLevel => ("级别不对", "the level does not fit"),
            Refusal::TooLong => ("文字太长", "too long"),
            Refusal::UnknownPerson => ("没有这个人", "there is no such person"),
            Refusal::PredecessorRefused => (
                "前一步没有成立，这一步也就不成立",
                "the step before it had no effect",
            ),
        };
        self.pick(zh, en)
    }

    /// What became of an act.
    pub fn outcome(self, outcome: Outcome) -> String {
        match outcome {
            Outcome::Accepted => self.pick("已生效", "in effect").to_owned(),
            Outcome::Refused(why) => format!("{}{}", self.pick("未生效：", "no effect: "), self.refusal(why)),
            Outcome::Remark(why) => format!(
                "{}{}",
                self.pick("记作备注：", "kept as a remark: "),
                self.refusal(why)
            ),
            Outcome::Proposal(why) => {
                format!(
                    "{}{}",
                    self.pick("等现任确认：", "waits for the present holder: "),
                    self.refusal(why)
                )
            }
        }
    }
}
