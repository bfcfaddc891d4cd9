//! 常用语: what people say often with an act, chosen with one press instead of typed. What stands with a reason is in `phrases`.

use xunge_core::command::ActionKind as A;

use super::super::lang::Lang;

/// The sentences that may go with an act, as values and texts; the text itself is what is sent.
pub(crate) fn sentences(lang: Lang, kind: A) -> Vec<(String, String)> {
    let list: &[(&str, &str)] = match kind {
        A::FeedBack => &[
            (
                "已现场处置完毕，恢复正常。",
                "Dealt with on the spot; all is in order again.",
            ),
            (
                "已责令当事人整改，整改完成。",
                "The party was told to mend it and has.",
            ),
            (
                "已向当事人说明情况，对方表示理解。",
                "Explained to those concerned, who agree.",
            ),
            ("已清理完毕，照片见附件。", "Cleared; see the pictures."),
        ],
        A::Ask => &[
            ("请补充准确地点。", "Where exactly is it, please?"),
            ("请补拍一张近景照片。", "Please take a picture from near by."),
            ("请说明涉及多少人。", "How many people are concerned?"),
        ],
        A::Dispatch => &[
            (
                "请到现场核实并处置，按期反馈。",
                "Please look on the spot, deal with it and feed back in time.",
            ),
            ("情况紧急，请立即到场。", "This is urgent; please go at once."),
        ],
        A::Check => &[
            (
                "请到现场看是否属实，并拍照。",
                "Please look whether it is so, and take a picture.",
            ),
            (
                "请看是否已整改到位，并拍照。",
                "Please look whether it was mended, and take a picture.",
            ),
        ],
        A::Whistle => &[(
            "请派人到现场，联合处置。",
            "Please send somebody; it is handled together on the spot.",
        )],
        A::CallBack => &[
            (
                "已电话回访，反映人表示满意。",
                "Called back; who told us is content.",
            ),
            (
                "电话无人接听，已发短信告知结果。",
                "Nobody answered; the result was sent by text message.",
            ),
        ],
        A::Remark => &[
            ("已电话沟通。", "Spoken to by telephone."),
            ("持续关注。", "Being watched."),
        ],
        _ => &[],
    };
    list.iter()
        .map(|pair| {
            let text = lang.pick(*pair).to_owned();
            (text.clone(), text)
        })
        .collect()
}
