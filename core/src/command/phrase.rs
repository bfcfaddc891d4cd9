//! 常用语: what people say often with an act, chosen with one press instead of typed. The same on phones and at desks.
//!
//! Codes are set in stone: they stand in signed commands. Words may change; what is sent with a code are the words of then.

use super::ActionKind;
use super::ActionKind as A;

/// What the code of the reason begins with where a dispatch carries out an order (指令); behind it stands the order's name.
pub const ORDER_CODE: &str = "order:";

/// A sentence that is offered with an act.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Phrase {
    /// Its code in a reason; `None` for one that goes as text alone.
    pub code: Option<&'static str>,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

const fn coded(code: &'static str, zh: &'static str, en: &'static str) -> Phrase {
    Phrase {
        code: Some(code),
        zh,
        en,
    }
}

const fn said(zh: &'static str, en: &'static str) -> Phrase {
    Phrase { code: None, zh, en }
}

const REASONS: &[(A, &[Phrase])] = &[
    (
        A::Return,
        &[
            coded("blurred", "照片看不清", "the picture is blurred"),
            coded("wrong_place", "位置不对", "the place is wrong"),
            coded("incomplete", "内容不完整，请补充", "incomplete, please add"),
            coded("wrong_category", "类别选错", "the category is wrong"),
            coded("duplicate", "重复上报", "reported before"),
        ],
    ),
    (
        A::Rework,
        &[
            coded("no_after_picture", "缺处置后照片", "no picture of the result"),
            coded("not_done", "现场核实未整改到位", "not done on the spot"),
            coded("unclear", "反馈不清楚，请补充", "unclear, please add"),
        ],
    ),
    (
        A::HandBack,
        &[
            coded("not_ours", "不属于本单位职责", "not our duty"),
            coded("no_power", "没有执法权限", "no power to act"),
        ],
    ),
    (
        A::Void,
        &[
            coded("test", "测试或误报", "a test or a mistake"),
            coded("duplicate", "重复上报", "reported before"),
        ],
    ),
    (
        A::Hold,
        &[
            coded(
                "weather",
                "天气原因暂不能处置",
                "the weather does not allow it now",
            ),
            coded("money", "待落实经费", "waits for money"),
            coded("procedure", "待走法定程序", "waits for a legal procedure"),
        ],
    ),
    (
        A::AskTime,
        &[
            coded("contractor", "需协调施工队", "a contractor is needed"),
            coded("notice", "整改通知期未到", "the notice has not run out"),
        ],
    ),
    (
        A::Close,
        &[
            coded("advice", "已答复说明", "answered and explained"),
            coded(
                "known",
                "已在办理中的同一事项",
                "the same matter is in hand already",
            ),
        ],
    ),
    (
        A::PassUp,
        &[
            coded("beyond_us", "网格内无力处置", "the grid cannot deal with it"),
            coded(
                "several_units",
                "需多部门联合处置",
                "several departments are needed",
            ),
            coded(
                "needs_power",
                "需有执法权的部门处理",
                "needs a department with the power to act",
            ),
        ],
    ),
    (
        A::Withdraw,
        &[
            coded("mistake", "报错了", "reported by mistake"),
            coded("solved", "已自行解决", "it solved itself"),
            coded("wrong_step", "这一步办错了", "this step was a mistake"),
        ],
    ),
];

const SENTENCES: &[(A, &[Phrase])] = &[
    (
        A::FeedBack,
        &[
            said(
                "已现场处置完毕，恢复正常。",
                "Dealt with on the spot; all is in order again.",
            ),
            said(
                "已责令当事人整改，整改完成。",
                "The party was told to mend it and has.",
            ),
            said(
                "已向当事人说明情况，对方表示理解。",
                "Explained to those concerned, who agree.",
            ),
            said("已清理完毕，照片见附件。", "Cleared; see the pictures."),
        ],
    ),
    (
        A::Settle,
        &[
            said(
                "已当场劝导，当事人已改正。",
                "Talked to on the spot; they have mended it.",
            ),
            said("已当场清理。", "Cleared on the spot."),
            said("已当场调解，双方和好。", "Settled between the two on the spot."),
        ],
    ),
    (
        A::Ask,
        &[
            said("请补充准确地点。", "Where exactly is it, please?"),
            said("请补拍一张近景照片。", "Please take a picture from near by."),
            said("请说明涉及多少人。", "How many people are concerned?"),
        ],
    ),
    (
        A::Answer,
        &[
            said("已补拍照片，见附件。", "Took another picture; see there."),
            said(
                "已到现场看过，情况没有变化。",
                "Looked on the spot: nothing has changed.",
            ),
        ],
    ),
    (
        A::AnswerCheck,
        &[
            said(
                "到现场看过，情况属实，已拍照。",
                "Looked on the spot: it is so; picture taken.",
            ),
            said("已整改到位。", "It was mended."),
            said("现场没有发现。", "Nothing of it was found there."),
            said("没有人在，进不去。", "Nobody was there; no way in."),
        ],
    ),
    (
        A::Dispatch,
        &[
            said(
                "请到现场核实并处置，按期反馈。",
                "Please look on the spot, deal with it and feed back in time.",
            ),
            said("情况紧急，请立即到场。", "This is urgent; please go at once."),
        ],
    ),
    (
        A::Check,
        &[
            said(
                "请到现场看是否属实，并拍照。",
                "Please look whether it is so, and take a picture.",
            ),
            said(
                "请看是否已整改到位，并拍照。",
                "Please look whether it was mended, and take a picture.",
            ),
        ],
    ),
    (
        A::Whistle,
        &[said(
            "请派人到现场，联合处置。",
            "Please send somebody; it is handled together on the spot.",
        )],
    ),
    (
        A::CallBack,
        &[
            said(
                "已电话回访，反映人表示满意。",
                "Called back; who told us is content.",
            ),
            said(
                "电话无人接听，已发短信告知结果。",
                "Nobody answered; the result was sent by text message.",
            ),
        ],
    ),
    (
        A::Remark,
        &[
            said("已电话沟通。", "Spoken to by telephone."),
            said("持续关注。", "Being watched."),
        ],
    ),
];

/// The words of a reason that came as its code alone, whatever act it goes with: a code says the same in all of them.
pub fn of_code(code: &str) -> Option<&'static Phrase> {
    let mut all = REASONS.iter().flat_map(|(_, phrases)| phrases.iter());
    all.find(|phrase| phrase.code == Some(code))
}

/// Reasons for an act that asks for one, the commonest first; none for the others.
pub fn reasons(kind: ActionKind) -> &'static [Phrase] {
    of(REASONS, kind)
}

/// Sentences that may go as the text of an act, the commonest first.
pub fn sentences(kind: ActionKind) -> &'static [Phrase] {
    of(SENTENCES, kind)
}

fn of(table: &'static [(A, &'static [Phrase])], kind: ActionKind) -> &'static [Phrase] {
    table
        .iter()
        .find(|(act, _)| *act == kind)
        .map_or(&[], |(_, phrases)| phrases)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::command::{Reason, TEXT_CHARS_MAX};

    #[test]
    fn a_code_says_the_same_whatever_act_it_goes_with() {
        for &kind in ActionKind::ALL {
            for phrase in reasons(kind) {
                let code = phrase.code.expect("reasons have codes");
                assert_eq!(of_code(code), Some(phrase), "{kind:?}");
            }
        }
        assert_eq!(of_code("of_tomorrow"), None);
    }

    #[test]
    fn every_reason_has_a_code_of_its_own_and_every_sentence_fits_a_command() {
        for &kind in ActionKind::ALL {
            let codes: BTreeSet<_> = reasons(kind).iter().map(|phrase| phrase.code).collect();
            assert_eq!(codes.len(), reasons(kind).len(), "{kind:?}");
            assert!(!codes.contains(&None), "{kind:?}");
            for phrase in reasons(kind).iter().chain(sentences(kind)) {
                assert!(
                    !phrase.zh.is_ascii() && phrase.en.is_ascii(),
                    "{kind:?} {}",
                    phrase.en
                );
                assert!(phrase.zh.chars().count() < TEXT_CHARS_MAX);
                assert!(Reason::words(phrase.zh).is_given());
            }
            assert!(sentences(kind).iter().all(|phrase| phrase.code.is_none()));
        }
    }
}
