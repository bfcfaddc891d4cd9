//! Claims about the self-test.

use super::*;

#[test]
fn a_phone_that_says_nothing_is_not_accused() {
    assert!(self_test(&PlatformFacts::default()).is_empty());
}

#[test]
fn each_bad_fact_is_found_and_the_worst_comes_first() {
    let facts = PlatformFacts {
        has_precise_location: Some(false),
        has_coarse_location: Some(true),
        is_location_on: Some(false),
        is_satellite_on: Some(false),
        may_run_in_background: Some(false),
        may_notify: Some(false),
        is_exempt_from_battery_saving: Some(false),
        is_power_saving: Some(true),
        may_start_itself: None,
        maker: Some(PhoneMaker::Xiaomi),
        is_mock_provider_on: Some(true),
        battery_percent: Some(9),
        is_charging: Some(false),
        free_bytes: Some(1 << 20),
        killed_count: 2,
        silent_min: Some(4),
    };
    let findings = self_test(&facts);
    assert_eq!(findings.len(), 13);
    assert_eq!(findings[0], Finding::LocationOff);
    assert!(
        findings
            .windows(2)
            .all(|pair| pair[0].severity() <= pair[1].severity())
    );
    let mut keys: Vec<_> = findings.iter().map(|finding| finding.key()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 13);
    for finding in findings {
        let (zh, en) = finding.words();
        assert!(!zh.is_empty() && en.is_ascii(), "{zh} {en}");
    }
}

#[test]
fn no_permission_at_all_blocks_and_a_maker_is_named_until_its_list_is_set() {
    let none = PlatformFacts {
        has_precise_location: Some(false),
        ..PlatformFacts::default()
    };
    assert_eq!(self_test(&none), [Finding::NoPermission]);
    let mut huawei = PlatformFacts {
        maker: Some(PhoneMaker::Huawei),
        ..PlatformFacts::default()
    };
    let maker = PhoneMaker::Huawei;
    assert_eq!(self_test(&huawei), [Finding::MakerList { maker }]);
    huawei.may_start_itself = Some(true);
    assert!(self_test(&huawei).is_empty());
}
