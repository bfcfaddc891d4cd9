//! The category tree: eight classes, some sixty kinds, and what each kind asks for.

use xunge_core::directory::{Category, FieldKind, FieldSpec};
use xunge_core::id::{CategoryId, FieldId};

use super::{TOWNSHIP, unit_id};

/// A class: code, name, kinds.
#[derive(Clone, Copy, Debug)]
pub struct ClassLine {
    /// The class's code.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its kinds.
    pub kinds: &'static [CategoryLine],
}

/// A kind of report in one line.
#[derive(Clone, Copy, Debug)]
pub struct CategoryLine {
    /// The code after the class's code and a dot.
    pub code: &'static str,
    /// The name.
    pub name: &'static str,
    /// The last part of the department's code, or nothing.
    pub department: &'static str,
    /// `u` urgent, `s` sensitive, `r` record-only.
    pub flags: &'static str,
    /// Fields, divided by `;`: `id:label:type`, a `!` at the end for required. Types: `n` a number from 0, `d` a day, `t` words, `y` yes
    /// or no, `c(a|b)` a choice.
    pub fields: &'static str,
}

const fn kind(
    code: &'static str,
    name: &'static str,
    department: &'static str,
    flags: &'static str,
    fields: &'static str,
) -> CategoryLine {
    CategoryLine {
        code,
        name,
        department,
        flags,
        fields,
    }
}

const DISPUTE: &str = "people_count:涉及人数:n!;scale:规模:c(一般|较大|重大);has_threat:有无过激言行:y";
const HAZARD: &str =
    "hazard:隐患类型:c(消防|用电|燃气|结构|其他)!;people_near:附近人数:n;seen_before:以前报过:y";
const BUILDING: &str = "area_m2:面积（平方米）:n;storeys:层数:n;begun_on:开工日期:d";
const SHOP: &str = "shop:店名:t;licence:有无证照:y";

/// The classes with their kinds, in the order of the tiles.
pub const CLASSES: [ClassLine; 8] = [
    ClassLine {
        code: "dispute",
        name: "矛盾纠纷",
        kinds: &[
            kind("neighbour", "邻里纠纷", "sf", "", DISPUTE),
            kind("family", "家庭纠纷", "sf", "s", DISPUTE),
            kind("land", "土地山林纠纷", "sf", "", DISPUTE),
            kind("labour", "劳资纠纷", "sf", "", DISPUTE),
            kind("house", "房屋宅基地纠纷", "cj", "", DISPUTE),
            kind("consumer", "消费纠纷", "sj", "", DISPUTE),
            kind("medical", "医疗纠纷", "sf", "", DISPUTE),
            kind("petition", "信访苗头", "sf", "s", DISPUTE),
        ],
    },
    ClassLine {
        code: "hazard",
        name: "安全隐患",
        kinds: &[
            kind("fire", "消防隐患", "aj", "", HAZARD),
            kind("electric", "用电隐患", "gd", "", HAZARD),
            kind("gas", "燃气隐患", "aj", "u", HAZARD),
            kind(
                "road",
                "道路隐患",
                "cj",
                "",
                "what:情形:c(坑洼|塌陷|护栏缺损|标志缺失)!;width_m:宽度（米）:n",
            ),
            kind(
                "slope",
                "地质灾害点",
                "aj",
                "u",
                "crack_cm:裂缝宽（厘米）:n;people_below:下方人数:n!",
            ),
            kind("water", "水域安全", "aj", "", HAZARD),
            kind("site", "工地安全", "cj", "", HAZARD),
            kind("rental", "出租房隐患", "pa", "", HAZARD),
            kind(
                "old_house",
                "危旧房",
                "cj",
                "",
                "people_count:居住人数:n!;grade:等级:c(C级|D级|未鉴定)",
            ),
        ],
    },
    ClassLine {
        code: "enforcement",
        name: "综合执法",
        kinds: &[
            kind(
                "banner",
                "违章广告",
                "zf",
                "",
                "count:数量:n;height_m:离地高度（米）:n",
            ),
            kind("building", "违法建筑", "zf", "", BUILDING),
            kind("stall", "占道经营", "zf", "", SHOP),
            kind(
                "parking",
                "违停",
                "zf",
                "",
                "count:车辆数:n;blocks_way:堵塞消防通道:y",
            ),
            kind(
                "dumping",
                "偷倒渣土",
                "zf",
                "",
                "volume_m3:方量（立方米）:n;plate:车牌:t",
            ),
            kind("fish", "非法捕捞", "zf", "", "tool:工具:t"),
            kind("straw", "秸秆焚烧", "zf", "u", "area_m2:面积（平方米）:n"),
            kind("green", "毁绿占绿", "zf", "", "area_m2:面积（平方米）:n"),
        ],
    },
    ClassLine {
        code: "market",
        name: "市场监管",
        kinds: &[
            kind("no_licence", "无证经营", "sj", "", SHOP),
            kind("food", "食品安全", "sj", "", SHOP),
            kind("small_eatery", "小餐饮脏乱", "sj", "", SHOP),
            kind("drug", "药品问题", "sj", "", SHOP),
            kind(
                "elder_sales",
                "保健品会销",
                "sj",
                "",
                "people_count:在场人数:n;place:地点:t",
            ),
            kind("price", "价格问题", "sj", "", SHOP),
            kind(
                "lift",
                "电梯故障",
                "sj",
                "u",
                "trapped:有人被困:y!;address:楼栋:t",
            ),
        ],
    },
    ClassLine {
        code: "service",
        name: "民生服务",
        kinds: &[
            kind("street_lamp", "路灯不亮", "gd", "", "count:盏数:n"),
            kind("water_supply", "停水漏水", "cj", "", "households:影响户数:n"),
            kind("power_cut", "停电", "gd", "", "households:影响户数:n"),
            kind(
                "cable",
                "线缆垂落",
                "dx",
                "",
                "height_m:离地高度（米）:n;kind:线缆:c(通信|电力|不明)!",
            ),
            kind("manhole", "井盖缺损", "cj", "u", "size_cm:口径（厘米）:n"),
            kind("elder_care", "独居老人帮扶", "", "s", "age:年龄:n;need:需要:t"),
            kind("school_run", "接送安全", "pa", "", ""),
            kind("visit", "走访", "", "r", "households:走访户数:n;topic:内容:t"),
        ],
    },
    ClassLine {
        code: "environment",
        name: "环境卫生",
        kinds: &[
            kind("rubbish", "垃圾堆积", "zf", "", "volume_m3:方量（立方米）:n"),
            kind("river", "河道漂浮物", "zf", "", "length_m:长度（米）:n"),
            kind("sewage", "污水直排", "zf", "", "smell:有异味:y;source:来源:t"),
            kind("smell", "异味扰民", "zf", "", ""),
            kind("noise", "噪声扰民", "zf", "", "at_night:夜间:y"),
            kind("bin", "垃圾桶破损", "zf", "", "count:数量:n"),
            kind("toilet", "公厕脏乱", "cj", "", ""),
            kind("poster", "牛皮癣", "zf", "", "count:数量:n"),
        ],
    },
    ClassLine {
        code: "emergency",
        name: "突发事件",
        kinds: &[
            kind("fire_now", "火情", "aj", "u", "people_in:有人被困:y!"),
            kind(
                "flood",
                "积水内涝",
                "aj",
                "u",
                "depth_cm:水深（厘米）:n!;people_in:有人被困:y",
            ),
            kind("landslide", "山体滑坡", "aj", "u", "people_below:下方人数:n!"),
            kind("accident", "交通事故", "pa", "u", "hurt:受伤人数:n!"),
            kind("missing", "人员走失", "pa", "u", "age:年龄:n!;clothes:衣着:t"),
            kind("fallen_tree", "树木倒伏", "cj", "u", "blocks_way:阻断道路:y!"),
        ],
    },
    ClassLine {
        code: "opinion",
        name: "社情民意",
        kinds: &[
            kind("suggestion", "意见建议", "", "", "topic:主题:t"),
            kind("rumour", "网络谣言", "pa", "s", "where:平台:t"),
            kind("stranger", "可疑人员", "pa", "", "count:人数:n"),
            kind("newcomer", "流动人口", "pa", "r", "count:人数:n!"),
            kind("survey", "民意调查", "", "r", "topic:主题:t;count:人数:n"),
            kind("praise", "好人好事", "", "r", "who:何人:t"),
        ],
    },
];

/// The tree as directory records: the classes, which are not offered, then the kinds, all in version 1.
pub(super) fn records() -> Vec<Category> {
    let class = |line: &ClassLine| Category {
        is_offered: false,
        ..category(line.code, line.name)
    };
    let classes = CLASSES.iter().map(class);
    let kinds = CLASSES.iter().flat_map(|class| {
        class.kinds.iter().map(|line| Category {
            parent: Some(category_id(class.code)),
            fields: line
                .fields
                .split(';')
                .filter(|f| !f.is_empty())
                .map(field)
                .collect(),
            is_record_only: line.flags.contains('r'),
            is_sensitive: line.flags.contains('s'),
            is_urgent: line.flags.contains('u'),
            department: (!line.department.is_empty())
                .then(|| unit_id(&format!("{TOWNSHIP}-{}", line.department))),
            ..category(&format!("{}.{}", class.code, line.code), line.name)
        })
    });
    classes.chain(kinds).collect()
}

fn category(code: &str, name: &str) -> Category {
    Category {
        id: category_id(code),
        version: 1,
        parent: None,
        name: name.to_owned(),
        fields: Vec::new(),
        is_record_only: false,
        is_sensitive: false,
        is_urgent: false,
        is_offered: true,
        department: None,
        picture_long_side_px: None,
    }
}

fn category_id(code: &str) -> CategoryId {
    CategoryId::new(code).expect("the tree's codes are codes")
}

fn field(text: &str) -> FieldSpec {
    let is_required = text.ends_with('!');
    let mut parts = text.trim_end_matches('!').splitn(3, ':');
    let mut part = || parts.next().expect("a field has an id, a label and a type");
    let (id, name, kind) = (part(), part(), part());
    FieldSpec {
        id: FieldId::new(id).expect("field ids are codes"),
        name: name.to_owned(),
        kind: match kind {
            "n" => FieldKind::Number {
                min: Some(0.0),
                max: None,
            },
            "d" => FieldKind::Date,
            "y" => FieldKind::YesNo,
            "t" => FieldKind::Text { chars_max: None },
            choice => FieldKind::Choice {
                options: choice
                    .trim_start_matches("c(")
                    .trim_end_matches(')')
                    .split('|')
                    .map(str::to_owned)
                    .collect(),
            },
        },
        is_required,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_has_eight_classes_and_sixty_kinds_with_at_most_six_fields() {
        let records = records();
        let kinds: Vec<_> = records.iter().filter(|c| c.parent.is_some()).collect();
        assert_eq!(records.len() - kinds.len(), 8);
        assert_eq!(kinds.len(), 60);
        assert!(kinds.iter().all(|c| c.fields.len() <= 6 && c.is_offered));
        assert!(kinds.iter().any(|c| c.is_record_only && c.name == "走访"));
        assert!(kinds.iter().any(|c| c.is_sensitive) && kinds.iter().any(|c| c.is_urgent));
        let codes: std::collections::BTreeSet<_> = records.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(codes.len(), records.len());
    }
}
