//! Rules of routing and limits of clocks from files: good ones become records, bad ones are told with their lines.

use xunge_core::command::{Risk, Urgency};
use xunge_core::directory::{Allowance, DayKind, DirectoryRecord, FieldOp, LimitKind, RoutingRule};
use xunge_server::import::ImportKind;

use super::{assert_told, good, planned, said, township};

fn rules(text: &str) -> Vec<RoutingRule> {
    let file = good(ImportKind::Rules, text);
    let rule = |record: &DirectoryRecord| match record {
        DirectoryRecord::RoutingRule(rule) => rule.clone(),
        other => panic!("{other:?}"),
    };
    file.records.iter().map(|read| rule(&read.record)).collect()
}

#[test]
fn rules_are_read_from_chinese_and_english_tables_and_from_json() {
    let text = "规则编号,名称,单位,顺序,类别,范围,紧急,时段,日子,关键词,字段,部门编号,层级,时限,风险,启用\n\
        r1,夜间燃气,T1,10,,V1、G1,紧急,22:00-06:00,休息日,煤气|液化气,people>=10;kind=瓶,,镇街,2小时,高,否\n";
    let found = rules(text);
    let rule = &found[0];
    assert_eq!((rule.rank, rule.is_on), (10, false));
    assert_eq!(rule.when.units.len(), 2);
    assert_eq!(rule.when.urgency, Some(Urgency::Urgent));
    assert_eq!(rule.when.hours_min, Some([1_320, 360]), "over midnight");
    assert_eq!(rule.when.days, Some(DayKind::Off));
    assert_eq!(rule.when.keywords, ["煤气", "液化气"]);
    assert_eq!(rule.when.fields[0].op, FieldOp::AtLeast);
    assert_eq!(rule.then.within, Some(Allowance::RoundTheClock { minutes: 120 }));
    assert_eq!(rule.then.risk, Some(Risk::High));
    // What the directory keeps reads back as JSON, alone in a list or under its name.
    let json = serde_json::to_string(&found).unwrap();
    assert_eq!(rules(&json), found);
    assert_eq!(rules(&format!("{{\"rules\":{json}}}")), found);
    let plan = planned(good(ImportKind::Rules, text), &township()).unwrap();
    assert_eq!(plan.changes.len(), 1);
}

#[test]
fn every_problem_of_a_table_of_rules_is_told_at_once_with_its_line() {
    let text = "rule,name,unit,hours,fields,within,risk,level\n\
        r1,night,T1,25:00-06:00,,2h,high,\n\
        r1,again,T1,,people~3,soon,grave,moon\n\
        r3,silent,T1,,,,,\n\
        ,nameless,T1,,,1d,,\n";
    assert_told(
        &said(ImportKind::Rules, text.as_bytes()),
        &[
            (2, "`25:00-06:00`: are no working hours"),
            (3, "`people~3`"),
            (3, "`soon`"),
            (3, "`grave`"),
            (3, "`moon`"),
            (3, "stands on line 2 already"),
            (4, "says nothing"),
            (5, "must not be empty"),
        ],
    );
    let json = r#"[{"id":"r1","name":"x","unit":"T1","then":{"risk":"high"}},{"id":"r 2"},{"id":"r1","name":"y","unit":"T1","then":{"risk":"low"}}]"#;
    assert_told(
        &said(ImportKind::Rules, json.as_bytes()),
        &[(2, "no rule"), (3, "stands on line 1 already")],
    );
}

#[test]
fn rules_that_contradict_each_other_or_name_what_is_not_there_are_not_taken() {
    let text = "rule,name,unit,units,department,level\n\
        r1,one,T1,V1,,township\n\
        r2,other,T1,G1,,county\n\
        r3,lost,T1,X9,D9,\n";
    let problems = planned(good(ImportKind::Rules, text), &township()).unwrap_err();
    let at = |line: usize| {
        problems
            .iter()
            .filter(|p| p.starts_with(&format!("line {line},")))
            .count()
    };
    assert_eq!((problems.len(), at(3), at(4)), (3, 1, 2), "{problems:?}");
    assert!(
        problems
            .iter()
            .any(|problem| problem.contains("r1") && problem.contains("smaller rank"))
    );
    let ranked = "rule,name,unit,units,rank,level\nr1,one,T1,V1,100,township\nr2,other,T1,G1,50,county\n";
    assert!(
        planned(good(ImportKind::Rules, ranked), &township()).is_ok(),
        "the rank decides"
    );
}

#[test]
fn limits_of_every_kind_of_clock_are_read_and_their_mistakes_told() {
    let text = "unit,dispatch_within,handle_within,close_within,emergency_within,category_within,quiet_hours\n\
        T1,24小时,2工作日,5天,交办:1小时 close:12h,litter=办结:1天;noise=dispatch:4工作小时 close:3wd,21:00-06:30\n";
    let file = good(ImportKind::Policies, text);
    let DirectoryRecord::Policy(policy) = &file.records[0].record else {
        panic!("a policy")
    };
    assert_eq!(
        policy.limits.of(LimitKind::Handle),
        Some(Allowance::WorkingDays { days: 2 })
    );
    assert_eq!(
        policy.limits.of(LimitKind::Close),
        Some(Allowance::CalendarDays { days: 5 })
    );
    assert_eq!(
        policy.emergency_limits.of(LimitKind::Dispatch),
        Some(Allowance::RoundTheClock { minutes: 60 })
    );
    let noise = &policy.category_limits[&"noise".parse().unwrap()];
    assert_eq!(
        noise.of(LimitKind::Dispatch),
        Some(Allowance::WorkingTime { minutes: 240 })
    );
    assert_eq!(policy.quiet_hours_min, Some([1_260, 390]));
    let wrong = "unit,close_within,emergency_within,category_within,quiet_hours\nT1,soon,1h,litter,night\n";
    assert_told(
        &said(ImportKind::Policies, wrong.as_bytes()),
        &[(2, "`soon`"), (2, "`1h`"), (2, "`litter`"), (2, "`night`")],
    );
}
