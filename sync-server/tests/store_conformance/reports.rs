//! Reports: found by scope, grant, reporter and clock, in pages.

use xunge_core::id::{ReportId, UnitId};
use xunge_core::sync::message::Digest;
use xunge_core::time::Timestamp;
use xunge_server::store::{
    Cohort, GrantRow, OutcomeKind, OutcomeRow, QueueFilter, ReportNo, ReportRow, Store,
};

use super::{feed, insert, person, report, write};

pub(super) fn a_report_comes_back_as_it_was_written(store: &dyn Store) {
    let no = feed(store, "T1");
    let mut held = insert(store, &[report(no, 1)])[0].clone();
    let id = held.report;
    write(store, |tx| {
        assert_eq!(tx.reports(no, &[id])?, vec![held.clone()]);
        assert_eq!(tx.report_by_code(no, "G1-1")?, Some(held.clone()));
        assert_eq!(tx.feed_of_report(&id)?, Some(no));
        let nobody = ReportId::from_bytes([99; 16]);
        assert_eq!(tx.reports_anywhere(&[id, nobody])?, vec![held.clone()]);
        Ok(())
    });
    held.key = None;
    held.scope = None;
    held.holder = None;
    held.due_at = Some(Timestamp(-3));
    held.look_at = Some(Timestamp(-4));
    held.heads = Vec::new();
    write(store, |tx| tx.reports_update(&[held.clone()]));
    write(store, |tx| {
        assert_eq!(tx.reports_by_no(no, &[held.no])?, vec![held.clone()]);
        assert_eq!(tx.reports_all(no, ReportNo(0), 9)?, vec![held.clone()]);
        Ok(())
    });
}

pub(super) fn reports_are_found_by_scope_by_grant_and_by_reporter_in_pages(store: &dyn Store) {
    let no = feed(store, "T1");
    let mut rows: Vec<ReportRow> = (1..=6).map(|n| report(no, n)).collect();
    rows[1].scope = Some("G2".into());
    rows[2].scope = None;
    for row in &mut rows[3..] {
        row.reporter = person("w2");
    }
    let rows = insert(store, &rows);
    let grant = GrantRow {
        report: rows[4].no,
        holder: "u:D1".into(),
        seq: 3,
    };
    write(store, |tx| tx.grants_insert(no, std::slice::from_ref(&grant)));
    let ids = |rows: Vec<ReportRow>| -> Vec<u8> { rows.iter().map(|r| r.report.as_bytes()[0]).collect() };
    write(store, |tx| {
        let scopes = ["G1".to_owned(), "G3".to_owned()];
        assert_eq!(ids(tx.reports_in_scopes(no, &scopes, None, 99)?), [1, 4, 5, 6]);
        let after = Some(ReportId::from_bytes([4; 16]));
        assert_eq!(ids(tx.reports_in_scopes(no, &scopes, after, 1)?), [5]);
        assert!(tx.reports_in_scopes(no, &[], None, 9)?.is_empty());
        let holders = ["p:w1".to_owned(), "u:D1".to_owned()];
        assert_eq!(
            ids(tx.reports_granted(no, &person("w1"), &holders, None, 9)?),
            [1, 2, 3, 5]
        );
        assert!(tx.reports_granted(no, &person("w9"), &[], None, 9)?.is_empty());
        Ok(())
    });
}

pub(super) fn digests_of_reports_name_each_report_once(store: &dyn Store) {
    let no = feed(store, "T1");
    let rows = insert(store, &[report(no, 1), report(no, 2)]);
    let grant = GrantRow {
        report: rows[0].no,
        holder: "p:w1".into(),
        seq: 3,
    };
    write(store, |tx| {
        tx.grants_insert(no, std::slice::from_ref(&grant))?;
        let sum = Digest {
            count: 4,
            xor: [3; 16],
        };
        tx.digests_put(no, &[("G1".into(), sum)])?;
        assert_eq!(tx.digests(no)?, vec![("G1".to_owned(), sum)]);
        let (scopes, holders) = (["G1".to_owned()], ["p:w1".to_owned()]);
        let found = tx.digests_of_reports(no, &scopes, &person("w1"), &holders, None, None, 9)?;
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].digest, rows[0].digest);
        assert_eq!(found[0].scope.as_deref(), Some("G1"));
        let upto = Some(rows[0].report);
        let page = tx.digests_of_reports(no, &scopes, &person("w1"), &holders, None, upto, 9)?;
        assert_eq!(page.len(), 1);
        let page = tx.digests_of_reports(no, &scopes, &person("w1"), &holders, upto, None, 9)?;
        assert_eq!(page[0].report, rows[1].report);
        Ok(())
    });
}

pub(super) fn the_queue_is_ordered_and_goes_on_after_any_row(store: &dyn Store) {
    let no = feed(store, "T1");
    let mut rows: Vec<ReportRow> = (1..=5).map(|n| report(no, n)).collect();
    rows[4].rank = 0;
    rows[3].state = 2;
    rows[2].category = Some("other".into());
    insert(store, &rows);
    let filter = QueueFilter {
        state: 1,
        limit: 2,
        ..QueueFilter::default()
    };
    write(store, |tx| {
        let mut filter = filter.clone();
        let mut seen = Vec::new();
        loop {
            let page = tx.queue(no, &filter)?;
            let Some(last) = page.last() else { break };
            filter.after = Some((last.rank, last.held_since, last.no));
            seen.extend(page.iter().map(|r| r.report.as_bytes()[0]));
        }
        assert_eq!(seen, [5, 1, 2, 3]);
        filter.after = None;
        filter.categories = vec!["banner".into()];
        filter.rank = Some(1);
        filter.holder = Some(UnitId::new("G1").unwrap());
        filter.scopes = vec!["G1".into()];
        assert_eq!(tx.queue(no, &filter)?.len(), 2);
        assert_eq!(tx.queue_count(no, &filter)?, 2);
        filter.holder = Some(UnitId::new("G2").unwrap());
        assert!(tx.queue(no, &filter)?.is_empty());
        Ok(())
    });
}

pub(super) fn clocks_that_ended_come_first(store: &dyn Store) {
    let no = feed(store, "T1");
    let mut rows: Vec<ReportRow> = (1..=3).map(|n| report(no, n)).collect();
    rows[0].look_at = Some(Timestamp(200));
    rows[1].look_at = Some(Timestamp(100));
    insert(store, &rows);
    write(store, |tx| {
        assert!(tx.reports_due(no, Timestamp(99), 9)?.is_empty());
        let due = tx.reports_due(no, Timestamp(200), 9)?;
        assert_eq!((due.len(), due[0].look_at), (2, Some(Timestamp(100))));
        Ok(())
    });
}

pub(super) fn grants_are_made_once_and_end(store: &dyn Store) {
    let no = feed(store, "T1");
    let held = insert(store, &[report(no, 1)])[0].no;
    let grant = |seq| GrantRow {
        report: held,
        holder: "u:D1".into(),
        seq,
    };
    write(store, |tx| {
        tx.grants_insert(no, &[grant(3)])?;
        tx.grants_insert(no, &[grant(8)])?;
        assert_eq!(tx.grants(no, &[held])?, vec![grant(3)]);
        tx.grants_end(no, &[(held, "u:D2".to_owned())])?;
        assert_eq!(tx.grants(no, &[held])?, vec![grant(3)], "another's stays");
        tx.grants_end(no, &[(held, "u:D1".to_owned())])?;
        assert_eq!(tx.grants(no, &[held])?, vec![]);
        tx.grants_insert(no, &[grant(9)])?;
        assert_eq!(tx.grants(no, &[held])?, vec![grant(9)]);
        Ok(())
    });
}

/// Goal: a list narrowed by the engine is the list narrowed by the predicate with which figures count. Method: reports in many standings,
/// every kind of outcome and some bounds of time and lead.
pub(super) fn a_cohort_is_the_same_to_the_engine_and_to_the_predicate(store: &dyn Store) {
    let feed = feed(store, "T1");
    let made: Vec<ReportRow> = (0..48_u8)
        .map(|n| ReportRow {
            submitted_at: (n % 5 != 4).then(|| Timestamp(i64::from(n))),
            due_at: (n % 3 == 0).then(|| Timestamp(i64::from(n) + 20)),
            outcome: OutcomeRow {
                closed_at: (n % 2 == 0).then(|| Timestamp(i64::from(n) + 30)),
                close_due_at: (n % 7 != 0).then(|| Timestamp(i64::from(n % 11) * 8)),
                closed_level: (n % 4 == 0).then_some(n % 16 / 4),
                reworks: u32::from(n % 6 == 1),
                called_back: n % 4,
                lead: (n % 3 == 1).then(|| UnitId::new("D1").unwrap()),
            },
            ..report(feed, n + 1)
        })
        .collect();
    let rows = insert(store, &made);
    let kinds = OutcomeKind::ALL.iter().map(|(kind, _)| Some(*kind)).chain([None]);
    for outcome in kinds {
        for (from, until, lead) in [
            (None, None, false),
            (Some(7), Some(31), false),
            (Some(3), None, true),
        ] {
            let cohort = Cohort {
                submitted_from: from.map(Timestamp),
                submitted_until: until.map(Timestamp),
                lead: lead.then(|| UnitId::new("D1").unwrap()),
                outcome,
                now: Timestamp(50),
            };
            let filter = QueueFilter {
                state: 1,
                scopes: vec!["G1".into()],
                cohort: cohort.clone(),
                limit: 100,
                ..QueueFilter::default()
            };
            let mut found: Vec<_> = write(store, |tx| tx.queue(feed, &filter))
                .iter()
                .map(|r| r.no)
                .collect();
            found.sort_unstable();
            let expected: Vec<_> = rows
                .iter()
                .filter(|row| cohort.holds(row))
                .map(|row| row.no)
                .collect();
            assert_eq!(found, expected, "{cohort:?}");
            let count = write(store, |tx| tx.queue_count(feed, &filter));
            assert_eq!(count, expected.len() as u64, "{cohort:?}");
        }
    }
}
