//! The words of the console: one catalogue a language. Acts and states are core's words, refusals and levels the command line's; what
//! else the pages name stands here.

use xunge_core::attachment::AttachmentRole;
use xunge_core::command::{ActionKind as A, Risk, Verdict};
use xunge_core::directory::{Level, Role};
use xunge_core::report::Source;

use super::lang::Lang;

/// Declares a catalogue: a struct of strings and its two languages, each string in both on one line, so that none can be missing.
macro_rules! catalogue {
    ($(#[$doc:meta])* $type:ident, $zh_all:ident, $en_all:ident; $($name:ident: $zh:literal, $en:literal;)+) => {
        $(#[$doc])*
        pub(crate) struct $type {
            $(pub(crate) $name: &'static str),+
        }

        /// 中文.
        pub(crate) const $zh_all: $type = $type { $($name: $zh),+ };

        /// English.
        pub(crate) const $en_all: $type = $type { $($name: $en),+ };

        #[cfg(test)]
        impl $type {
            /// Every string with its name, in both languages, for the tests.
            pub(super) const ALL: &'static [(&'static str, &'static str, &'static str)] =
                &[$((stringify!($name), $zh, $en)),+];
        }
    };
}

mod board;
mod en;
pub(crate) mod hand;
mod keep;
mod names;
mod phrase;
mod room;
mod zh;

pub(crate) use board::{BOARD_EN, BOARD_ZH, BoardWords};
pub(crate) use keep::{KEEP_EN, KEEP_ZH, Keep};
pub(crate) use names::Words;
pub(crate) use phrase::{of_code, phrases, sentences};
pub(crate) use room::{ROOM_EN, ROOM_ZH, Room};

/// 中文.
pub(crate) const ZH: Words = zh::WORDS;

/// English.
pub(crate) const EN: Words = en::WORDS;

/// A post, as people say it.
pub(crate) fn role(lang: Lang, role: Role) -> &'static str {
    lang.pick(match role {
        Role::Worker => ("网格员", "worker"),
        Role::Chief => ("网格长", "chief"),
        Role::Advisor => ("网格指导员", "advisor"),
        Role::Clerk => ("信息员", "clerk"),
        Role::Coordinator => ("综合协调岗", "coordinator"),
        Role::Triager => ("信息研判岗", "triager"),
        Role::Dispatcher => ("流转督办岗", "dispatcher"),
        Role::Inspector => ("督查考评岗", "inspector"),
        Role::Responder => ("应急机动岗", "responder"),
        Role::DepartmentMember => ("部门人员", "department"),
        Role::Supervisor => ("督查", "supervisor"),
        Role::Administrator => ("管理员", "administrator"),
    })
}

/// A risk.
pub(crate) fn risk(lang: Lang, risk: Risk) -> &'static str {
    lang.pick(match risk {
        Risk::High => ("高风险", "high risk"),
        Risk::Medium => ("中风险", "medium risk"),
        Risk::Low => ("低风险", "low risk"),
    })
}

/// The risks to choose from, the gravest first.
pub(crate) fn risks(lang: Lang) -> Vec<(String, String)> {
    let all = [("high", Risk::High), ("medium", Risk::Medium), ("low", Risk::Low)];
    all.iter()
        .map(|(value, level)| ((*value).to_owned(), risk(lang, *level).to_owned()))
        .collect()
}

/// The risk of a field's value.
pub(crate) fn risk_of(value: &str) -> Option<Risk> {
    match value {
        "high" => Some(Risk::High),
        "medium" => Some(Risk::Medium),
        "low" => Some(Risk::Low),
        _ => None,
    }
}

/// A finding.
pub(crate) fn verdict(lang: Lang, verdict: Verdict) -> &'static str {
    lang.pick(match verdict {
        Verdict::Confirmed => ("属实", "confirmed"),
        Verdict::NotConfirmed => ("不属实", "not confirmed"),
        Verdict::Unknown => ("无法核实", "could not be found out"),
    })
}

/// The findings to choose from, as the act puts the question.
pub(crate) fn verdicts(lang: Lang, kind: A) -> Vec<(String, String)> {
    let words = match kind {
        A::CallBack => [
            ("满意", "content"),
            ("不满意", "not content"),
            ("联系不上", "not reached"),
        ],
        A::Recheck => [
            ("办理属实", "done as said"),
            ("办理不属实", "not done"),
            ("无法核实", "could not be found out"),
        ],
        _ => [
            ("属实", "as reported"),
            ("不属实", "not as reported"),
            ("无法核实", "could not be found out"),
        ],
    };
    let values = ["confirmed", "not_confirmed", "unknown"];
    let pairs = values.iter().zip(words);
    pairs
        .map(|(value, words)| ((*value).to_owned(), lang.pick(words).to_owned()))
        .collect()
}

/// The finding of a field's value.
pub(crate) fn verdict_of(value: &str) -> Option<Verdict> {
    match value {
        "confirmed" => Some(Verdict::Confirmed),
        "not_confirmed" => Some(Verdict::NotConfirmed),
        "unknown" => Some(Verdict::Unknown),
        _ => None,
    }
}

/// A level as a field's value.
pub(crate) fn level_name(level: Level) -> &'static str {
    match level {
        Level::Grid => "grid",
        Level::Village => "village",
        Level::Township => "township",
        Level::County => "county",
    }
}

/// Every level to choose from, the lowest first.
pub(crate) fn levels(lang: Lang) -> Vec<(String, String)> {
    let all = [Level::Grid, Level::Village, Level::Township, Level::County];
    let name = |level: Level| lang.pick(crate::cli::words::level_words(level)).to_owned();
    all.iter()
        .map(|level| (level_name(*level).to_owned(), name(*level)))
        .collect()
}

/// The level of a field's value.
pub(crate) fn level_of(value: &str) -> Option<Level> {
    let all = [Level::Grid, Level::Village, Level::Township, Level::County];
    all.into_iter().find(|level| level_name(*level) == value)
}

/// How the reporter came to know.
pub(crate) fn source(lang: Lang, source: Source) -> &'static str {
    lang.pick(match source {
        Source::Seen => ("现场发现", "seen on the spot"),
        Source::ToldBy => ("群众反映", "told by somebody"),
        Source::Phone => ("来电", "by telephone"),
        Source::Visitor => ("来访", "a visitor"),
        Source::Paper => ("书面材料", "on paper"),
        Source::Hotline => ("12345 等热线", "a hotline"),
        Source::Drone => ("无人机", "a drone"),
        Source::Sensor => ("感知设备", "a sensor"),
        Source::OtherSystem => ("其他系统", "another system"),
        Source::Police => ("公安移交", "handed over by the police"),
    })
}

/// What an attachment shows.
pub(crate) fn attachment_role(lang: Lang, role: AttachmentRole) -> &'static str {
    lang.pick(match role {
        AttachmentRole::Scene => ("现场", "scene"),
        AttachmentRole::Near => ("近景", "near"),
        AttachmentRole::Far => ("远景", "far"),
        AttachmentRole::Before => ("处置前", "before"),
        AttachmentRole::After => ("处置后", "after"),
        AttachmentRole::Return => ("退回说明", "return"),
        AttachmentRole::Other => ("其他", "other"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_chinese(text: &str) -> bool {
        text.chars()
            .any(|c| matches!(c, '\u{4e00}'..='\u{9fff}' | '：' | '（' | '）' | '，' | '、'))
    }

    /// What stands in braces, sorted.
    fn gaps(text: &str) -> Vec<&str> {
        let mut gaps: Vec<&str> = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
            .collect();
        gaps.sort_unstable();
        gaps
    }

    #[test]
    fn every_string_stands_in_both_languages_with_the_same_gaps() {
        let pairs = ZH.all().into_iter().zip(EN.all());
        let pairs = pairs.map(|((name, zh), (_, en))| (name, zh, en));
        let all = [BoardWords::ALL, Room::ALL, Keep::ALL].concat();
        for (name, zh, en) in pairs.chain(all) {
            let is_sign = matches!(zh, "：" | "（" | "）" | "，" | "、");
            let is_gaps_alone = zh.contains('{') && zh.chars().all(|c| c.is_ascii() || c.is_whitespace());
            assert!(
                is_sign || is_gaps_alone || is_chinese(zh),
                "{name} is missing in Chinese: {zh:?}"
            );
            assert!(
                !en.trim().is_empty() && !is_chinese(en),
                "{name} is missing in English: {en:?}"
            );
            assert_eq!(gaps(zh), gaps(en), "{name}");
        }
    }

    #[test]
    fn every_field_of_a_form_is_named_in_both_languages() {
        for (zh, en) in hand::all_words() {
            assert!(is_chinese(zh) && !zh.trim().is_empty(), "{zh:?}");
            assert!(!en.trim().is_empty() && !is_chinese(en), "{en:?}");
        }
    }

    #[test]
    fn no_page_speaks_beside_the_catalogue() {
        let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/src/console/pages");
        for entry in std::fs::read_dir(pages).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let stray: Vec<&str> = text.lines().filter(|line| is_chinese(line)).collect();
            assert!(stray.is_empty(), "{}: {stray:?}", path.display());
        }
    }

    #[test]
    fn values_of_fields_come_back_as_what_they_were() {
        for (value, _) in risks(Lang::Zh) {
            assert!(risk_of(&value).is_some());
        }
        for (value, _) in verdicts(Lang::En, A::CallBack) {
            assert!(verdict_of(&value).is_some());
        }
        assert_eq!(level_of(level_name(Level::County)), Some(Level::County));
    }
}
