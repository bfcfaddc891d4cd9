//! The words for what is wrong in a file, in Chinese and English: where, what, and what to do.

use xunge_core::directory::DirectoryRule;
use xunge_core::grid::BoundaryProblem;
use xunge_core::rescue::RescueError;

use super::problem::{ImportProblem, ImportRule};
use crate::config::Language;

/// One line that says everything about a problem.
pub fn say(problem: &ImportProblem, language: Language) -> String {
    let (place, what) = match language {
        Language::Chinese => (place_zh(problem), rule_zh(&problem.rule)),
        Language::English => (place_en(problem), rule_en(&problem.rule)),
    };
    format!("{place}{what}")
}

/// What is wrong and what to do, without where it stands.
pub fn say_rule(rule: &ImportRule, language: Language) -> String {
    match language {
        Language::Chinese => rule_zh(rule),
        Language::English => rule_en(rule),
    }
}

fn place_zh(problem: &ImportProblem) -> String {
    let mut text = match problem.line {
        0 => "整个文件".to_owned(),
        line => format!("第 {line} 行"),
    };
    if let Some(column) = &problem.column {
        text.push_str(&format!("，{column}"));
    }
    if let Some(value) = &problem.value {
        text.push_str(&format!("“{value}”"));
    }
    text + "："
}

fn place_en(problem: &ImportProblem) -> String {
    let mut text = match problem.line {
        0 => "whole file".to_owned(),
        line => format!("line {line}"),
    };
    if let Some(column) = &problem.column {
        text.push_str(&format!(", {column}"));
    }
    if let Some(value) = &problem.value {
        text.push_str(&format!(" `{value}`"));
    }
    text + ": "
}

fn rule_zh(rule: &ImportRule) -> String {
    match rule {
        ImportRule::NotATable => "读不出表格。请另存为 XLSX 或 CSV（UTF-8 或 GBK）后再导入".into(),
        ImportRule::NoRows => "没有数据。第一行是列名，数据从第二行开始".into(),
        ImportRule::TooManyRows { most } => format!("行数超过 {most}。请分成几个文件导入"),
        ImportRule::MissingColumn { names } => {
            format!(
                "缺少一列。请加上列名“{}”（也可以写 {}）",
                chinese_of(names),
                names.join("、")
            )
        }
        ImportRule::DoubledColumn => "同一内容有两列。请删去其中一列".into(),
        ImportRule::Empty => "不能为空。请填写".into(),
        ImportRule::BadCode => "不是编号。编号为 1 到 40 个字母、数字、点、横线或下划线".into(),
        ImportRule::BadDay => "不是日期。请写成 2026-11-22".into(),
        ImportRule::FutureDay => "日期在今天以后。请改正；确实要提前录入时加上 --allow-future".into(),
        ImportRule::EndBeforeStart => "结束早于开始。请改正日期".into(),
        ImportRule::BadNumber => "不是数字，或超出范围。请改正".into(),
        ImportRule::BadHours => "不是工作时间。请写成 08:00-12:00 14:00-18:00".into(),
        ImportRule::BadAllowance => "时限请写成 30分钟、24小时、4工作小时、3工作日或5天".into(),
        ImportRule::BadFieldTest => "请写成 字段编号>=数 或 字段编号=值".into(),
        ImportRule::BadJson => "不是规则。请按示例写".into(),
        ImportRule::SaysNothing => "规则没有结论。请填写部门、层级、时限或风险".into(),
        ImportRule::BadYesNo => "请写“是”或“否”".into(),
        ImportRule::UnknownWord { known } => format!("不认识。可以写：{}", known.join("、")),
        ImportRule::BadTelephone => "不是电话号码。请写 11 位手机号或带区号的座机".into(),
        ImportRule::IdentityCard => "像是身份证号。系统不保存身份证号，请改用工号或删去".into(),
        ImportRule::DoubledCode { first_line } => format!("编号与第 {first_line} 行重复。请改正或删去一行"),
        ImportRule::DoubledPerson { other } => {
            format!("同名同电话的人已经有编号 {other}。请使用该编号，或改正姓名、电话")
        }
        ImportRule::OutsideChina => "坐标不在中国。请改正经纬度（WGS-84 或 CGCS2000）".into(),
        ImportRule::SwappedAxes => "经度和纬度写反了。请对调".into(),
        ImportRule::TwoRules => "同一地点写了两种频次。请只留“每几天一次”或“每周次数”".into(),
        ImportRule::BadSeason => "不是月和日。请写成 06-15".into(),
        ImportRule::FieldWithoutCategory => "字段的类别不在它上面。请先写类别那一行，再写它的字段".into(),
        ImportRule::TooLong { most } => format!("超过 {most} 个字。请缩短"),
        ImportRule::Outline(problem) => outline_zh(problem),
        ImportRule::Directory(rule) => directory_zh(rule),
        ImportRule::Rescue(error) => rescue_zh(*error).into(),
    }
}

fn rule_en(rule: &ImportRule) -> String {
    match rule {
        ImportRule::NotATable => "is no readable table; save it as XLSX or CSV (UTF-8 or GBK)".into(),
        ImportRule::NoRows => "holds no data; the first line names the columns, the data follow".into(),
        ImportRule::TooManyRows { most } => {
            format!("has more than {most} lines; split it into several files")
        }
        ImportRule::MissingColumn { names } => {
            format!("a column is missing; add one called {}", names.join(" or "))
        }
        ImportRule::DoubledColumn => "two columns hold the same thing; remove one".into(),
        ImportRule::Empty => "must not be empty; fill it in".into(),
        ImportRule::BadCode => "is no code; use 1 to 40 letters, digits, dots, hyphens or underscores".into(),
        ImportRule::BadDay => "is no day; write it as 2026-11-22".into(),
        ImportRule::FutureDay => {
            "lies in the future; correct it, or add --allow-future where it is meant".into()
        }
        ImportRule::EndBeforeStart => "lies before the start; correct the days".into(),
        ImportRule::BadNumber => "is no number, or out of bounds; correct it".into(),
        ImportRule::BadHours => "are no working hours; write them as 08:00-12:00 14:00-18:00".into(),
        ImportRule::BadAllowance => "write a length of time as 30min, 24h, 4wh, 3wd or 5d".into(),
        ImportRule::BadFieldTest => "write field>=number or field=value".into(),
        ImportRule::BadJson => "this is no rule: write it as in the sample".into(),
        ImportRule::SaysNothing => "the rule says nothing: give a department, level, time or risk".into(),
        ImportRule::BadYesNo => "write yes or no".into(),
        ImportRule::UnknownWord { known } => format!("is not known; use one of: {}", known.join(", ")),
        ImportRule::BadTelephone => {
            "is no telephone number; write 11 digits or an area code and a number".into()
        }
        ImportRule::IdentityCard => {
            "looks like an identity-card number, which is never kept; use a staff number or leave it out"
                .into()
        }
        ImportRule::DoubledCode { first_line } => {
            format!("the code stands on line {first_line} already; correct or remove one")
        }
        ImportRule::DoubledPerson { other } => {
            format!(
                "somebody of this name and telephone has the code {other}; use that code, or correct the name or telephone"
            )
        }
        ImportRule::OutsideChina => "lies outside China; correct the coordinates (WGS 84 or CGCS2000)".into(),
        ImportRule::SwappedAxes => "latitude and longitude are swapped; exchange them".into(),
        ImportRule::TwoRules => "two rules for one place; leave every_days or times_a_week".into(),
        ImportRule::BadSeason => "is no month and day; write it as 06-15".into(),
        ImportRule::FieldWithoutCategory => {
            "the field's category does not stand above it; write the category's line first".into()
        }
        ImportRule::TooLong { most } => format!("has more than {most} characters; shorten it"),
        ImportRule::Outline(problem) => problem.to_string(),
        ImportRule::Directory(rule) => rule.to_string(),
        ImportRule::Rescue(error) => error.to_string(),
    }
}

/// The first Chinese name of a column, else its first name.
fn chinese_of(names: &[&'static str]) -> &'static str {
    names
        .iter()
        .find(|name| !name.is_ascii())
        .or(names.first())
        .copied()
        .unwrap_or_default()
}

fn outline_zh(problem: &BoundaryProblem) -> String {
    use BoundaryProblem as P;
    match problem {
        P::NotGeojson { detail } => format!("不是 GeoJSON（{detail}）。请重新导出为 GeoJSON"),
        P::NotAnArea { found } => format!("{found} 不是面。需要 Polygon 或 MultiPolygon"),
        P::NotOne { count } => format!("这里应有一个边界，却有 {count} 个要素。请作为集合导入"),
        P::Empty => "边界是空的。请删去边界，网格按名称选择".into(),
        P::OtherSystem { name } => {
            format!("坐标系是 {name}。请转换为 WGS-84（EPSG:4326）或 CGCS2000（EPSG:4490）")
        }
        P::NotDegrees { x, y } => format!("坐标（{x}, {y}）不是度。请以 WGS-84 经纬度导出，不要投影"),
        P::Swapped { x, y } => format!("纬度写在了经度前面（{x}, {y}）。GeoJSON 先写经度，请对调"),
        P::OutsideChina { lat_deg, lon_deg } => {
            format!("点（北纬 {lat_deg}°，东经 {lon_deg}°）不在中国。请改正")
        }
        P::NotANumber { place } => format!("{}：坐标不是数字", ring_zh(*place)),
        P::TooFewPoints { place } => format!("{}：至少要有三个不同的点", ring_zh(*place)),
        P::TooManyPoints { count } => format!("有 {count} 个点，太多。请简化边界"),
        P::NotClosed { place, gap_m } => {
            format!(
                "{}：没有闭合，首尾相距 {gap_m:.1} 米。请在末尾重复第一个点",
                ring_zh(*place)
            )
        }
        P::SelfIntersection {
            place,
            lat_deg,
            lon_deg,
        } => format!(
            "{}：在北纬 {lat_deg:.6}°、东经 {lon_deg:.6}° 附近自相交。请在那里重画",
            ring_zh(*place)
        ),
        P::RingsCross {
            place,
            other,
            lat_deg,
            lon_deg,
        } => format!(
            "{}与{}在北纬 {lat_deg:.6}°、东经 {lon_deg:.6}° 附近相交。请重画其中一个",
            ring_zh(*place),
            ring_zh(*other)
        ),
        P::HoleOutside { place } => format!("{}：洞在面的外面。请改为单独的面或删去", ring_zh(*place)),
        P::Nested { place, other } => format!("{}在{}里面。请删去", ring_zh(*place), ring_zh(*other)),
        P::Sliver { area_m2, width_m } => {
            format!("面积 {area_m2:.0} 平方米，平均宽 {width_m:.1} 米，是缝隙不是区域。请删去")
        }
        P::LooksLikeGcj02 { apart_m, .. } => {
            format!("边界与相邻边界相差 {apart_m:.0} 米，按 GCJ-02 纠偏后吻合。请转换为 WGS-84 后再导入")
        }
    }
}

fn ring_zh(place: xunge_core::grid::RingPlace) -> String {
    format!("第 {} 个面第 {} 个环", place.polygon, place.ring)
}

fn directory_zh(rule: &DirectoryRule) -> String {
    use DirectoryRule as R;
    match rule {
        R::UnknownParent { parent } => format!("上级 {parent} 不在名录里。请先导入上级，或改正编号"),
        R::Ring => "上级绕回了自己。请改正其中一个上级".into(),
        R::WrongParent { kind, parent } => {
            let above = parent.map_or("顶层", kind_zh);
            format!("{}不能放在{above}下面。请改正类型或上级", kind_zh(*kind))
        }
        R::TooManyFields { count } => format!("有 {count} 个字段，太多。请减少"),
        R::DuplicateField { field } => format!("字段 {field} 写了两次。请换一个编号"),
        R::BadOptions { field } => format!("字段 {field} 的选项缺失、为空或重复。请改正"),
        R::BadBounds { field } => format!("字段 {field} 的最小值大于最大值。请改正"),
        R::UnknownUnit { unit } => format!("单位 {unit} 不在名录里。请先导入，或改正编号"),
        R::OtherKind { unit, expected } => format!("单位 {unit} 不是{}。请改正编号", kind_zh(*expected)),
        R::UnknownPerson { person } => format!("人员 {person} 不在名录里。请先导入人员"),
        R::UnknownPost { post } => format!("岗位 {post} 不在名录里。请改正代理的岗位"),
        R::WiderThanPost { post } => format!("代理的权限大于岗位 {post}。请使用同一单位和角色"),
        R::DatesSwapped => "结束不晚于开始。请改正日期".into(),
        R::UnknownZone { zone } => format!("时区“{zone}”不认识。请写成 Asia/Shanghai"),
        R::ZoneNotCarried { zone } => {
            format!("手机不带时区“{zone}”，会和服务器算成不同的日子。请写成 Asia/Shanghai 等中国时区")
        }
        R::BadHours => "工作时间不是一天之内依次排列的时段。请改正".into(),
        R::UnknownCategory { category } => format!("类别 {category} 不在名录里。请先导入，或改正编号"),
        R::Contradicts { other } => {
            format!("与规则 {other} 矛盾：同样的事件，结论不同。请给其中一条更小的顺序号")
        }
        R::BadPosition => "坐标不是地面上的位置。请改正".into(),
    }
}

fn kind_zh(kind: xunge_core::directory::UnitKind) -> &'static str {
    use xunge_core::directory::UnitKind as K;
    match kind {
        K::County => "县",
        K::Township => "镇街",
        K::Village => "村社",
        K::Grid => "网格",
        K::RoadSection => "路段",
        K::SpecialGrid => "专属网格",
        K::Department => "部门",
    }
}

fn rescue_zh(error: RescueError) -> &'static str {
    match error {
        RescueError::NotRescue => "不是本应用的救援文件。请选择手机导出的救援文件",
        RescueError::DoesNotOpen => {
            "救援文件打不开：恢复密钥不对，或文件损坏。请用 --recovery-key 指定正确的密钥"
        }
        RescueError::Unreadable => "救援文件的内容读不出。请先升级服务器",
        RescueError::BadKey => "恢复密钥不是密钥。请指定 recovery.key 文件",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_name_line_column_value_and_what_to_do() {
        let problem = ImportProblem::cell(7, "任职日期 (E)", "明天", ImportRule::BadDay);
        assert_eq!(
            say(&problem, Language::Chinese),
            "第 7 行，任职日期 (E)“明天”：不是日期。请写成 2026-11-22"
        );
        assert_eq!(
            say(&problem, Language::English),
            "line 7, 任职日期 (E) `明天`: is no day; write it as 2026-11-22"
        );
    }
}
