//! Time limits as a form shows and takes them: in the reader's language, one line a category, by its name. The columns of the import stand
//! behind, which read both languages but know categories by code alone.

use xunge_core::directory::Allowance;

use crate::console::desk::Desk;
use crate::console::lang::Lang;
use crate::console::words::hand::{Input, Shape};
use crate::import::LIMIT_STAGES;

/// Categories by code and name.
pub(crate) type Categories = [(String, String)];

/// The categories of now, for reading and writing their names.
pub(crate) fn categories_of(desk: &Desk) -> Vec<(String, String)> {
    let categories = desk.directory.categories(desk.now);
    categories
        .map(|category| (category.id.to_string(), category.name.clone()))
        .collect()
}

/// What a field of the import says, as its form shows it.
pub(crate) fn shown(lang: Lang, categories: &Categories, shape: &Shape, text: &str) -> String {
    match shape.input {
        Input::Within => limit(lang, text),
        Input::Stages => stages(lang, text),
        Input::CategoryStages => by_category(lang, categories, text),
        _ if shape.name == "quiet_hours" && text == "none" => lang.pick(("无", "none")).to_owned(),
        _ => text.to_owned(),
    }
}

/// What was typed into a form's field, as the import reads it.
pub(crate) fn taken(categories: &Categories, shape: &Shape, text: String) -> String {
    match shape.input {
        Input::Stages => read_stages(&text),
        Input::CategoryStages => read_by_category(categories, &text),
        _ => text,
    }
}

/// `24h` as `24小时`; what is no limit stays as it is.
fn limit(lang: Lang, text: &str) -> String {
    let Ok(allowance) = text.parse::<Allowance>() else {
        return text.to_owned();
    };
    let whole = |minutes: u32, hours: &str, rest: &str| match minutes % 60 {
        0 => format!("{}{hours}", minutes / 60),
        _ => format!("{minutes}{rest}"),
    };
    match (lang, allowance) {
        (Lang::En, allowance) => allowance.to_string(),
        (Lang::Zh, Allowance::RoundTheClock { minutes }) => whole(minutes, "小时", "分钟"),
        (Lang::Zh, Allowance::WorkingTime { minutes }) => whole(minutes, "工作小时", "工作分钟"),
        (Lang::Zh, Allowance::WorkingDays { days }) => format!("{days}工作日"),
        (Lang::Zh, Allowance::CalendarDays { days }) => format!("{days}天"),
    }
}

/// `dispatch:2h close:1d` as `交办 2小时，办结 1天`.
fn stages(lang: Lang, text: &str) -> String {
    let said = text.split_whitespace().map(|part| {
        let Some((stage, allowance)) = part.split_once(':') else {
            return part.to_owned();
        };
        let known = LIMIT_STAGES.iter().find(|(en, ..)| *en == stage);
        let stage = known.map_or(stage, |(en, zh, _)| lang.pick((*zh, *en)));
        format!("{stage} {}", limit(lang, allowance))
    });
    said.collect::<Vec<_>>().join(lang.pick(("，", ", ")))
}

/// `litter=close:1d; noise=dispatch:2h` as a line each, by name.
fn by_category(lang: Lang, categories: &Categories, text: &str) -> String {
    let lines = text.split(';').filter_map(|part| part.split_once('='));
    let lines = lines.map(|(code, limits)| {
        let code = code.trim();
        let name = categories.iter().find(|(known, _)| known == code);
        let name = name.map_or(code, |(_, name)| name.as_str());
        format!("{name}{}{}", lang.pick(("：", ": ")), stages(lang, limits))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// What was typed for stages, as the import reads it: `交办 2小时，办结 1 天` becomes `交办:2小时 办结:1天`.
fn read_stages(text: &str) -> String {
    let mut said: Vec<String> = Vec::new();
    for part in text.split([',', '，', '、', ';', '；', '\n']).map(str::trim) {
        if part.is_empty() {
            continue;
        }
        // Several stages with a colon each may stand apart by spaces alone, as the import writes them.
        if part.matches([':', '：']).count() > 1 {
            said.push(part.to_owned());
            continue;
        }
        let end = part.find(|c: char| c.is_whitespace() || matches!(c, ':' | '：') || c.is_ascii_digit());
        let (stage, allowance) = part.split_at(end.unwrap_or(part.len()));
        let allowance: String = allowance
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, ':' | '：'))
            .collect();
        said.push(format!("{stage}:{allowance}"));
    }
    said.join(" ")
}

/// What was typed for categories, as the import reads it; a name that is not known stays, so that its line is told to be wrong.
fn read_by_category(categories: &Categories, text: &str) -> String {
    let lines = text.lines().flat_map(|line| line.split([';', '；']));
    let lines = lines.map(str::trim).filter(|line| !line.is_empty()).map(|line| {
        let (name, limits) = line.split_once(['=', ':', '：']).unwrap_or((line, ""));
        let name = name.trim();
        let known = categories.iter().find(|(_, known)| known == name);
        let code = known.map_or(name, |(code, _)| code.as_str());
        format!("{code}={}", read_stages(limits))
    });
    lines.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn categories() -> Vec<(String, String)> {
        let pair = |code: &str, name: &str| (code.to_owned(), name.to_owned());
        vec![pair("litter", "乱倒垃圾"), pair("noise", "噪声扰民")]
    }

    #[test]
    fn limits_are_shown_in_words_and_read_back_as_the_import_writes_them() {
        let kinds = "litter=close:1d; noise=dispatch:90min close:5wd";
        let shown = by_category(Lang::Zh, &categories(), kinds);
        assert_eq!(shown, "乱倒垃圾：办结 1天\n噪声扰民：交办 90分钟，办结 5工作日");
        assert_eq!(
            read_by_category(&categories(), &shown),
            "litter=办结:1天; noise=交办:90分钟 办结:5工作日"
        );
        let shown = by_category(Lang::En, &categories(), kinds);
        assert_eq!(shown, "乱倒垃圾: close 1d\n噪声扰民: dispatch 90min, close 5wd");
        assert_eq!(read_by_category(&categories(), &shown), kinds);
        assert_eq!(
            stages(Lang::Zh, "chief:4wh sign:30min"),
            "审批 4工作小时，签收 30分钟"
        );
    }

    #[test]
    fn people_write_limits_in_many_manners() {
        for typed in [
            "交办 2小时，办结 1天",
            "交办2小时、办结1天",
            "交办：2 小时, 办结：1 天",
            "交办:2小时 办结:1天",
        ] {
            assert_eq!(read_stages(typed), "交办:2小时 办结:1天", "{typed}");
        }
        assert_eq!(
            read_by_category(&categories(), "乱倒垃圾=办结 1天；没有这类：办结 2天"),
            "litter=办结:1天; 没有这类=办结:2天"
        );
        assert_eq!(read_stages(""), "");
        assert_eq!(limit(Lang::Zh, "明天"), "明天");
    }
}
