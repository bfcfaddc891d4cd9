//! Fleet health: which phones need a hand, and the grids whose chief's clock ran out, with whom to call.

use xunge_core::sync::message::Health;
use xunge_core::time::Timestamp;

use super::super::browser::{Browser, page};
use super::super::town::{Install, Town};
use super::{queued, town};

const HOUR_MS: i64 = 3_600_000;

/// Lets a phone say how it fares.
fn fares(town: &Town, person: &str, health: Health) {
    let install = town.install(person);
    let Install { answer, .. } = &install;
    let caller = town.service().authenticate(answer.install, &answer.token);
    let request = town.asks_nothing(&install, health);
    town.service().sync(&caller.unwrap(), &request).unwrap();
}

/// The row of a phone by what stands in it.
fn row<'a>(text: &'a str, part: &str) -> &'a str {
    let mut rows = text.split("<tr>");
    rows.find(|row| row.contains(part))
        .unwrap_or_else(|| panic!("no row says {part}: {text}"))
}

#[test]
fn phones_with_old_unsent_work_little_storage_or_refused_items_come_first_and_say_which() {
    let (town, _) = town();
    let now = town.service().now();
    let ago = |hours: i64| Timestamp(now.as_millis() - hours * HOUR_MS);
    fares(
        &town,
        "w2",
        Health {
            app_version: "0.9.1".into(),
            unsent_count: 3,
            unsent_oldest_at: Some(ago(30)),
            unsent_attachment_bytes: 9,
            storage_free_bytes: Some(200_000_000),
            attention_count: 2,
        },
    );
    // Enrolled, and never heard of since.
    town.install("c1");
    let mut chief = Browser::signed_in(&town, "s1");
    let text = page(&chief.get("/console/phones"));
    let stuck = row(&text, "0.9.1");
    for part in ["人员w2", "3 项", "0.2 GB", "<b class=\"late\">2</b>"] {
        assert!(stuck.contains(part), "{part}: {stuck}");
    }
    assert!(stuck.contains("<b class=\"late\">3 项"), "{stuck}");
    assert!(row(&text, "人员c1").contains("class=\"late\""), "silent: {text}");
    assert!(
        !row(&text, "人员w1").contains("class=\"late\""),
        "a phone that fares well: {text}"
    );
    let place = |part: &str| text.find(part).unwrap();
    assert!(place("人员w2") < place("人员w1"), "who needs a hand comes first");
    // Three days have not gone by since it was made.
    let patient = page(&chief.get("/console/phones?hours=72"));
    assert!(
        !row(&patient, "0.9.1").contains("<b class=\"late\">3 项"),
        "{patient}"
    );
    assert!(text.contains("0.9.1 <b>1</b>"), "versions are counted: {text}");
}

#[test]
fn grids_whose_chief_let_the_clock_run_out_are_named_with_him_and_lead_to_their_reports() {
    let (town, device) = town();
    let mut supervisor = Browser::signed_in(&town, "s1");
    assert!(!page(&supervisor.get("/console/phones")).contains("/console/queue?grid=G1"));
    queued(&town, &device, "横幅");
    let text = page(&supervisor.get("/console/phones"));
    let passed = &text[text.find("id=\"h-passed\"").unwrap()..];
    assert!(
        passed.contains("href=\"/console/queue?grid=G1\"") && passed.contains("人员c1"),
        "{passed}"
    );
}
