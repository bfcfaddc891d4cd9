//! What every store engine must do. Each claim is listed once, in `conformance!`; an engine joins by naming how it is opened.

#![expect(clippy::unwrap_used, reason = "a panic in a test is a failed claim")]

#[path = "../engine/place.rs"]
mod engine;
mod patrols;
mod people;
mod reports;
mod rows;

use std::path::Path;

use xunge_core::id::{ChangeHash, PersonId, ReportId, UnitId};
use xunge_core::sync::message::Digest;
use xunge_core::time::Timestamp;
use xunge_server::limits::Limits;
use xunge_server::store::{FeedNo, LedgerRow, ReportNo, ReportRow, RowKind, Store, StoreResult, WriteTx};

macro_rules! conformance {
    ($engine:ident, $open:path: $($subject:ident { $($claim:ident),+ $(,)? })+) => {
        mod $engine {
            $($(
                #[test]
                fn $claim() {
                    let folder = tempfile::tempdir().unwrap();
                    let store = $open(folder.path());
                    super::$subject::$claim(&*store);
                }
            )+)+
        }
    };
}

conformance!(
    engine_under_test, super::open:
    rows {
        a_job_that_errs_writes_nothing,
        rows_come_back_in_the_order_of_their_feed_and_of_no_other,
        writers_from_many_threads_take_numbers_without_a_gap,
        a_reader_sees_one_state_while_others_write,
        a_replaced_body_stays_in_its_place,
        directory_rows_move_to_their_newest_number,
        audit_lines_come_back_in_order,
        values_are_replaced,
        a_backup_holds_what_was_committed,
    }
    reports {
        a_report_comes_back_as_it_was_written,
        a_cohort_is_the_same_to_the_engine_and_to_the_predicate,
        reports_are_found_by_scope_by_grant_and_by_reporter_in_pages,
        digests_of_reports_name_each_report_once,
        the_queue_is_ordered_and_goes_on_after_any_row,
        clocks_that_ended_come_first,
        grants_are_made_once_and_end,
    }
    people {
        installs_and_codes_come_back,
        accounts_and_sessions_come_back,
        an_upload_moves_only_from_where_it_stands,
        blobs_are_found_by_report_and_by_hash,
        a_thing_is_on_the_review_list_once,
    }
    patrols {
        tracks_are_found_by_patrol_age_person_and_kind,
        a_deleted_track_leaves_its_name_and_its_hour_alone,
        coverage_is_replaced_and_found_by_its_newest_row_alone,
        what_waits_for_review_can_be_emptied_by_kind_and_age,
    }
);

/// The engine under test: see [`engine`].
fn open(folder: &Path) -> Box<dyn Store> {
    let place = engine::place(&folder.join("store.sqlite"));
    place.open(&Limits::default()).unwrap()
}

fn write<T>(store: &dyn Store, job: impl Fn(&mut dyn WriteTx) -> StoreResult<T>) -> T {
    let mut out = None;
    store
        .write(None, &mut |tx| {
            out = Some(job(tx)?);
            Ok(())
        })
        .unwrap();
    out.unwrap()
}

fn feed(store: &dyn Store, unit: &str) -> FeedNo {
    let unit = UnitId::new(unit).unwrap();
    write(store, |tx| tx.feed_insert(&unit))
}

fn person(code: &str) -> PersonId {
    PersonId::new(code).unwrap()
}

fn row(seq: u64, report: Option<ReportNo>, name: &[u8]) -> LedgerRow {
    LedgerRow {
        seq,
        kind: RowKind::Change,
        report,
        name: Some(name.to_vec()),
        install: None,
        moved_from: None,
        body: Some(vec![1, 2, 3]),
    }
}

fn report(feed: FeedNo, number: u8) -> ReportRow {
    ReportRow {
        no: ReportNo(0),
        feed,
        report: ReportId::from_bytes([number; 16]),
        code: format!("G1-{number}"),
        key: Some(vec![9; 61]),
        reporter: person("w1"),
        scope: Some("G1".into()),
        scope_seq: 4,
        digest: Digest {
            count: 2,
            xor: [number; 16],
        },
        heads: vec![ChangeHash([1; 32]), ChangeHash([2; 32])],
        changes: 2,
        events: 1,
        people: 0,
        last_seq: 4,
        state: 1,
        rank: 1,
        level: 0,
        category: Some("banner".into()),
        holder: Some((UnitId::new("G1").unwrap(), 1)),
        held_since: Timestamp(i64::from(number)),
        submitted_at: Some(Timestamp(5)),
        due_at: None,
        look_at: None,
        flags: 0,
        attachments_named: 2,
        attachments_stored: 1,
        summary: vec![7; 40],
        outcome: Default::default(),
    }
}

fn insert(store: &dyn Store, reports: &[ReportRow]) -> Vec<ReportRow> {
    write(store, |tx| {
        let mut numbered = Vec::new();
        for row in reports {
            let no = tx.reports_insert(&[row])?[0];
            numbered.push(ReportRow { no, ..row.clone() });
        }
        Ok(numbered)
    })
}
