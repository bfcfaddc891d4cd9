//! What the terminal phone says, in two languages. No rule is decided here.

use clap::ValueEnum;

use xunge_core::command::{ActionKind, Outcome, Refusal, State};
use xunge_core::draft::{Problem, Rule};

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
        let zh = match kind {
            ActionKind::Submit => "上报",
            ActionKind::Settle => "当场处置",
            ActionKind::Withdraw => "撤回",
            ActionKind::Approve => "同意上报",
            ActionKind::Return => "退回",
            ActionKind::TakeOn => "网格内处置",
            ActionKind::PassUp => "提级",
            ActionKind::SendDown => "下派",
            ActionKind::Accept => "受理",
            ActionKind::Classify => "研判分类",
            ActionKind::Dispatch => "交办",
            ActionKind::Sign => "签收",
            ActionKind::AskTime => "申请延期",
            ActionKind::GrantTime => "批复延期",
            ActionKind::HandBack => "退办",
            ActionKind::FeedBack => "反馈",
            ActionKind::Rework => "驳回重办",
            ActionKind::Close => "办结",
            ActionKind::Hold => "挂账",
            ActionKind::Resume => "恢复办理",
            ActionKind::Void => "作废",
            ActionKind::Reopen => "重新打开",
            ActionKind::Merge => "并案",
            ActionKind::Split => "拆分",
            ActionKind::Urge => "催办",
            ActionKind::ListForSupervision => "挂牌督办",
            ActionKind::StrikeOff => "销号",
            ActionKind::Whistle => "吹哨",
            ActionKind::Check => "核查",
            ActionKind::AnswerCheck => "答复核查",
            ActionKind::Ask => "询问",
            ActionKind::Answer => "答复询问",
            ActionKind::CallBack => "回访",
            ActionKind::Recheck => "抽查",
            ActionKind::Remark => "备注",
            ActionKind::Confirm => "确认",
            ActionKind::PassBy => "超时流转（未经网格长同意）",
        };
        match self.0 {
            Lang::Zh => zh.to_owned(),
            Lang::En => kind.as_str().replace('_', " "),
        }
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

    /// One thing that is wrong with a draft.
    pub fn problem(self, problem: &Problem) -> String {
        let field = match problem.field.as_str() {
            "category" => self.pick("类别", "category"),
            "grid" => self.pick("网格", "grid"),
            "description" => self.pick("描述", "words"),
            "result" => self.pick("结果", "result"),
            other => other,
        };
        let zh = match &problem.rule {
            Rule::Missing => "要填",
            Rule::NothingShown => "拍照、录音、写字，至少一样",
            Rule::Unknown => "手机上没有这一项",
            Rule::NotOffered => "请选下面的小类",
            Rule::NotAGrid => "不是网格",
            Rule::OutsideTownship => "不在本镇",
            Rule::ResultMissing => "请拍处置后照片或说明结果",
            Rule::TooLong { .. } => "太长了",
            Rule::TooMany { .. } => "太多了",
            Rule::NotAPosition => "位置不对",
            Rule::Answer { .. } => "填得不合要求",
        };
        match self.0 {
            Lang::Zh => format!("{field}：{zh}"),
            Lang::En => format!("{field}: {}", problem.rule),
        }
    }
}
