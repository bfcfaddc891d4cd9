//! What the workers see on their rounds: kinds with words that fit, and answers that fit the kind's fields.

use rand::rngs::StdRng;
use rand::{Rng, RngExt};
use xunge_core::directory::{Category, FieldKind};
use xunge_core::document::FieldEdit;
use xunge_core::report::Answer;

/// A kind and what a worker says about it.
pub(crate) struct Sight {
    /// The category.
    pub(crate) category: &'static str,
    /// The words.
    pub(crate) words: &'static [&'static str],
    /// Whether a worker may settle it himself.
    pub(crate) is_small: bool,
}

const fn sight(category: &'static str, words: &'static [&'static str], is_small: bool) -> Sight {
    Sight {
        category,
        words,
        is_small,
    }
}

/// What is to be seen in a township, the frequent first.
pub(crate) const SIGHTS: [Sight; 16] = [
    sight(
        "enforcement.banner",
        &["围墙上挂了违规广告横幅", "路灯杆上绑着招租横幅，没有审批"],
        false,
    ),
    sight(
        "environment.rubbish",
        &["路边堆了三堆建筑垃圾", "垃圾没入桶，已清理"],
        true,
    ),
    sight(
        "hazard.road",
        &["路面塌了一块，电动车容易摔", "护栏断了一截"],
        false,
    ),
    sight("environment.river", &["桥下漂着一片水葫芦和塑料瓶"], false),
    sight("service.street_lamp", &["两盏路灯不亮，晚上漆黑"], false),
    sight("enforcement.stall", &["早市占了半条车道"], true),
    sight(
        "hazard.fire",
        &["楼道里停电动车充电", "灭火器过期，通道堆了纸箱"],
        false,
    ),
    sight("enforcement.parking", &["面包车堵住消防通道"], true),
    sight("market.food", &["小吃店后厨没有防蝇设施"], false),
    sight("service.manhole", &["井盖破了，边上没有围挡"], false),
    sight("dispute.neighbour", &["两家为滴水檐争吵，暂时劝开"], false),
    sight("service.cable", &["电线垂到人头高"], false),
    sight("environment.poster", &["电线杆上贴满小广告，当场清掉"], true),
    sight("service.visit", &["走访独居老人，身体都好"], false),
    sight("emergency.fallen_tree", &["大树倒在村道上"], false),
    sight("hazard.old_house", &["老屋后墙开裂，住着一位老人"], false),
];

/// A sight, the frequent ones more often.
pub(super) fn draw(rng: &mut StdRng) -> &'static Sight {
    let n = rng
        .random_range(0..SIGHTS.len())
        .min(rng.random_range(0..SIGHTS.len()));
    &SIGHTS[n]
}

/// One of several texts.
pub(super) fn one_of<'a>(rng: &mut dyn Rng, texts: &[&'a str]) -> &'a str {
    texts[rng.random_range(0..texts.len())]
}

/// Answers to the kind's fields: to the required ones always, to the others mostly.
pub(crate) fn answers(rng: &mut StdRng, category: &Category) -> Vec<FieldEdit> {
    let mut edits = Vec::new();
    for field in &category.fields {
        if !field.is_required && rng.random_bool(0.3) {
            continue;
        }
        let answer = match &field.kind {
            FieldKind::Number { .. } => Answer::Number(f64::from(rng.random_range(1..20u8))),
            FieldKind::YesNo => Answer::YesNo(rng.random_bool(0.5)),
            FieldKind::Date => Answer::Text("2026-02-20".to_owned()),
            FieldKind::Text { .. } => Answer::Text(one_of(rng, &["见照片", "村口", "无"]).to_owned()),
            FieldKind::Choice { options } => {
                Answer::Text(options[rng.random_range(0..options.len())].clone())
            }
        };
        edits.push(FieldEdit::SetAnswer {
            field: field.id.clone(),
            answer: Some(answer),
        });
    }
    edits
}

/// Why chiefs return reports.
pub(super) const RETURNS: [&str; 3] = [
    "照片看不清，请补一张近景",
    "位置不对，请核对门牌",
    "请写清楚有几处",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::township::CLASSES;

    #[test]
    fn every_sight_is_a_kind_of_the_township() {
        let kinds: Vec<String> = CLASSES
            .iter()
            .flat_map(|c| c.kinds.iter().map(|k| format!("{}.{}", c.code, k.code)))
            .collect();
        for sight in &SIGHTS {
            assert!(kinds.iter().any(|k| k == sight.category), "{}", sight.category);
        }
    }
}
