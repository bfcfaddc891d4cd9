//! What every store engine must do. Each claim is listed once, in `conformance!`; an engine joins by naming how it is opened.

#![expect(clippy::unwrap_used, reason = "a panic in a test is a failed claim")]

use std::path::Path;
use std::sync::Barrier;

use xunge_core::attachment::BlobHash;
use xunge_core::directory::DirectoryRow;
use xunge_core::id::{ChangeHash, InstallId, PersonId, ReportId, UnitId, UploadId};
use xunge_core::sync::message::Digest;
use xunge_core::time::Timestamp;
use xunge_server::store::{
    Account, AuditLine, BlobRow, EnrolmentRow, FeedNo, GrantRow, InstallNo, InstallRow, LedgerRow,
    QueueFilter, ReportNo, ReportRow, ReviewRow, RowKind, SERVER_FEED, Session, SqliteStore, Store,
    StoreError, StoreResult, UploadRow, WriteTx,
};

macro_rules! conformance {
    ($engine:ident, $open:path: $($claim:ident),+ $(,)?) => {
        mod $engine {
            $(
                #[test]
                fn $claim() {
                    let folder = tempfile::tempdir().unwrap();
                    let store = $open(folder.path());
                    super::$claim(&*store);
                }
            )+
        }
    };
}

conformance!(
    sqlite, super::open_sqlite:
    a_job_that_errs_writes_nothing,
    rows_come_back_in_the_order_of_their_feed_and_of_no_other,
    writers_from_many_threads_take_numbers_without_a_gap,
    a_reader_sees_one_state_while_others_write,
    a_report_comes_back_as_it_was_written,
    reports_are_found_by_scope_by_grant_and_by_reporter_in_pages,
    digests_of_reports_name_each_report_once,
    the_queue_is_ordered_and_goes_on_after_any_row,
    clocks_that_ended_come_first,
    grants_are_made_once,
    a_replaced_body_stays_in_its_place,
    directory_rows_move_to_their_newest_number,
    installs_and_codes_come_back,
    accounts_and_sessions_come_back,
    an_upload_moves_only_from_where_it_stands,
    blobs_are_found_by_report_and_by_hash,
    a_thing_is_on_the_review_list_once,
    audit_lines_come_back_in_order,
    values_are_replaced,
    a_backup_holds_what_was_committed,
);

fn open_sqlite(folder: &Path) -> Box<dyn Store> {
    Box::new(SqliteStore::open(&folder.join("store.sqlite"), 2, 5_000).unwrap())
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
        flags: 0,
        attachments_named: 2,
        attachments_stored: 1,
        summary: vec![7; 40],
    }
}

fn insert(store: &dyn Store, reports: &[ReportRow]) -> Vec<ReportRow> {
    write(store, |tx| {
        let mut numbered = Vec::new();
        for row in reports {
            let no = tx.report_insert(row)?;
            numbered.push(ReportRow { no, ..row.clone() });
        }
        Ok(numbered)
    })
}

fn a_job_that_errs_writes_nothing(store: &dyn Store) {
    let unit = UnitId::new("T1").unwrap();
    let failed = store.write(None, &mut |tx| {
        tx.feed_insert(&unit)?;
        tx.meta_put("key", b"value")?;
        Err(StoreError::Aborted)
    });
    assert!(matches!(failed, Err(StoreError::Aborted)));
    write(store, |tx| {
        assert_eq!(tx.feed(&unit)?, None);
        assert_eq!(tx.meta("key")?, None);
        assert!(tx.feeds()?.is_empty(), "the server's own chain is no feed");
        assert!(tx.feed_by_no(SERVER_FEED)?.is_some());
        Ok(())
    });
}

fn rows_come_back_in_the_order_of_their_feed_and_of_no_other(store: &dyn Store) {
    let (first, second) = (feed(store, "T1"), feed(store, "T2"));
    let held = insert(store, &[report(first, 1)])[0].no;
    let mine = vec![
        row(1, Some(held), b"a"),
        row(2, None, b"b"),
        row(3, Some(held), b"c"),
    ];
    write(store, |tx| {
        tx.rows_insert(first, &mine)?;
        tx.rows_insert(second, &[row(1, None, b"z"), row(2, None, b"a")])
    });
    write(store, |tx| {
        assert_eq!(tx.rows_after(first, 0, 99, 99)?, mine);
        assert_eq!(tx.rows_after(first, 1, 2, 99)?, mine[1..2]);
        assert_eq!(tx.rows_after(first, 0, 99, 2)?, mine[..2]);
        assert_eq!(tx.rows_after(second, 0, 99, 99)?.len(), 2);
        let of_report = tx.rows_of_report(first, held, &[RowKind::Change])?;
        assert_eq!(of_report, vec![mine[0].clone(), mine[2].clone()]);
        assert!(tx.rows_of_report(first, held, &[RowKind::Event])?.is_empty());
        assert_eq!(tx.rows_by_name(first, &[b"a", b"x"])?, mine[..1]);
        Ok(())
    });
}

fn writers_from_many_threads_take_numbers_without_a_gap(store: &dyn Store) {
    let no = feed(store, "T1");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..10 {
                    write(store, |tx| {
                        let mut state = tx.feed_by_no(no)?.expect("the feed is there");
                        state.head += 1;
                        tx.rows_insert(no, &[row(state.head, None, b"n")])?;
                        tx.feed_update(&state)
                    });
                }
            });
        }
    });
    write(store, |tx| {
        let rows = tx.rows_after(no, 0, u64::MAX, 99)?;
        assert!(rows.iter().map(|r| r.seq).eq(1..=40));
        assert_eq!(tx.feed_by_no(no)?.expect("there").head, 40);
        Ok(())
    });
}

fn a_reader_sees_one_state_while_others_write(store: &dyn Store) {
    let no = feed(store, "T1");
    let (looked, written) = (Barrier::new(2), Barrier::new(2));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            looked.wait();
            write(store, |tx| tx.rows_insert(no, &[row(1, None, b"n")]));
            written.wait();
        });
        store
            .read(&mut |tx| {
                assert!(tx.rows_after(no, 0, 9, 9)?.is_empty());
                looked.wait();
                written.wait();
                assert!(tx.rows_after(no, 0, 9, 9)?.is_empty());
                Ok(())
            })
            .unwrap();
    });
    write(store, |tx| {
        assert_eq!(tx.rows_after(no, 0, 9, 9)?.len(), 1);
        Ok(())
    });
}

fn a_report_comes_back_as_it_was_written(store: &dyn Store) {
    let no = feed(store, "T1");
    let mut held = insert(store, &[report(no, 1)])[0].clone();
    let id = held.report;
    write(store, |tx| {
        assert_eq!(tx.reports(no, &[id])?, vec![held.clone()]);
        assert_eq!(tx.report_by_code(no, "G1-1")?, Some(held.clone()));
        assert_eq!(tx.feed_of_report(&id)?, Some(no));
        Ok(())
    });
    held.key = None;
    held.scope = None;
    held.holder = None;
    held.due_at = Some(Timestamp(-3));
    held.heads = Vec::new();
    write(store, |tx| tx.reports_update(&[held.clone()]));
    write(store, |tx| {
        assert_eq!(tx.reports_by_no(no, &[held.no])?, vec![held.clone()]);
        assert_eq!(tx.reports_all(no, ReportNo(0), 9)?, vec![held.clone()]);
        Ok(())
    });
}

fn reports_are_found_by_scope_by_grant_and_by_reporter_in_pages(store: &dyn Store) {
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

fn digests_of_reports_name_each_report_once(store: &dyn Store) {
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

fn the_queue_is_ordered_and_goes_on_after_any_row(store: &dyn Store) {
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
        filter.category = Some("banner".into());
        filter.rank = Some(1);
        filter.holder = Some(UnitId::new("G1").unwrap());
        filter.scopes = vec!["G1".into()];
        assert_eq!(tx.queue(no, &filter)?.len(), 2);
        filter.holder = Some(UnitId::new("G2").unwrap());
        assert!(tx.queue(no, &filter)?.is_empty());
        Ok(())
    });
}

fn clocks_that_ended_come_first(store: &dyn Store) {
    let no = feed(store, "T1");
    let mut rows: Vec<ReportRow> = (1..=3).map(|n| report(no, n)).collect();
    rows[0].due_at = Some(Timestamp(200));
    rows[1].due_at = Some(Timestamp(100));
    insert(store, &rows);
    write(store, |tx| {
        assert!(tx.reports_due(no, Timestamp(99), 9)?.is_empty());
        let due = tx.reports_due(no, Timestamp(200), 9)?;
        assert_eq!((due.len(), due[0].due_at), (2, Some(Timestamp(100))));
        Ok(())
    });
}

fn grants_are_made_once(store: &dyn Store) {
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
        Ok(())
    });
}

fn a_replaced_body_stays_in_its_place(store: &dyn Store) {
    let no = feed(store, "T1");
    write(store, |tx| {
        tx.rows_insert(no, &[row(1, None, b"a"), row(2, None, b"b")])?;
        tx.row_body_replace(no, 1, b"erased")?;
        let rows = tx.rows_after(no, 0, 9, 9)?;
        assert_eq!(rows[0].body.as_deref(), Some(&b"erased"[..]));
        assert_eq!(rows[1], row(2, None, b"b"));
        tx.snapshot_put(no, ReportNo(1), 16, b"one")?;
        tx.snapshot_put(no, ReportNo(1), 32, b"two")?;
        assert_eq!(tx.snapshot(no, ReportNo(1))?, Some((32, b"two".to_vec())));
        tx.snapshot_drop(no, ReportNo(1))?;
        assert_eq!(tx.snapshot(no, ReportNo(1))?, None);
        Ok(())
    });
}

fn directory_rows_move_to_their_newest_number(store: &dyn Store) {
    let no = feed(store, "T1");
    let row = |key: &str, json: &str| DirectoryRow {
        kind: "unit".into(),
        key: key.into(),
        valid_from: Timestamp(0),
        valid_to: Some(Timestamp(9)),
        version: 1,
        json: json.into(),
    };
    write(store, |tx| {
        tx.directory_put(no, &[(1, row("G1", "{}")), (2, row("G2", "{}"))])?;
        tx.directory_put(no, &[(3, row("G1", "{\"a\":1}"))])?;
        let found = tx.directory_after(no, 0, 9, 9)?;
        assert_eq!(found, vec![(2, row("G2", "{}")), (3, row("G1", "{\"a\":1}"))]);
        assert_eq!(tx.directory_after(no, 2, 9, 9)?.len(), 1);
        assert!(tx.directory_after(no, 2, 2, 9)?.is_empty());
        Ok(())
    });
}

fn installs_and_codes_come_back(store: &dyn Store) {
    let install = |number: u8, who: &str| InstallRow {
        no: InstallNo(0),
        install: InstallId::from_bytes([number; 16]),
        person: person(who),
        township: UnitId::new("T1").unwrap(),
        public_key: vec![4; 65],
        token_hash: [5; 32],
        actors: "[]".into(),
        feeds: "[]".into(),
        device_label: "phone".into(),
        app_version: "1".into(),
        enrolled_at: Timestamp(1),
        revoked_at: None,
        last_sync_at: None,
        health: None,
    };
    write(store, |tx| {
        let mut first = install(1, "w1");
        first.no = tx.install_insert(&first)?;
        tx.install_insert(&install(2, "w2"))?;
        first.revoked_at = Some(Timestamp(7));
        first.health = Some(vec![1]);
        tx.install_update(&first)?;
        assert_eq!(tx.install(&first.install)?, Some(first.clone()));
        assert_eq!(tx.install_by_no(first.no)?, Some(first.clone()));
        assert_eq!(tx.installs(Some(&person("w1")))?, vec![first.clone()]);
        assert_eq!(tx.installs(None)?[1], first);
        assert_eq!(tx.counts()?.installs, 1);
        let mut code = EnrolmentRow {
            secret_hash: [8; 32],
            person: person("w1"),
            township: UnitId::new("T1").unwrap(),
            created_at: Timestamp(1),
            expires_at: Timestamp(2),
            install: None,
        };
        tx.enrolment_put(&code)?;
        code.install = Some(first.install);
        tx.enrolment_put(&code)?;
        assert_eq!(tx.enrolment(&[8; 32])?, Some(code.clone()));
        assert_eq!(tx.enrolment(&[9; 32])?, None);
        Ok(())
    });
}

fn accounts_and_sessions_come_back(store: &dyn Store) {
    let mut account = Account {
        name: "room".into(),
        person: person("room"),
        password_hash: "$argon2".into(),
        is_enabled: true,
        created_at: Timestamp(1),
    };
    let session = Session {
        token_hash: [1; 32],
        account: "room".into(),
        person: person("room"),
        csrf: "c".into(),
        created_at: Timestamp(1),
        used_at: Timestamp(2),
    };
    write(store, |tx| tx.account_put(&account));
    account.is_enabled = false;
    write(store, |tx| {
        tx.account_put(&account)?;
        tx.session_put(&session)?;
        assert_eq!(tx.account("room")?, Some(account.clone()));
        assert_eq!(tx.accounts()?.len(), 1);
        assert_eq!(tx.session(&[1; 32])?, Some(session.clone()));
        tx.session_drop(&[1; 32])?;
        assert_eq!(tx.session(&[1; 32])?, None);
        Ok(())
    });
}

fn upload(number: u8) -> UploadRow {
    UploadRow {
        upload: UploadId::from_bytes([number; 16]),
        feed: FeedNo(1),
        install: Some(InstallId::from_bytes([1; 16])),
        report: ReportId::from_bytes([2; 16]),
        blob: BlobHash::of(&[number]),
        size_bytes: 100,
        media_type: "image/jpeg".into(),
        offset_bytes: 0,
        created_at: Timestamp(1),
        expires_at: Timestamp(50),
    }
}

fn an_upload_moves_only_from_where_it_stands(store: &dyn Store) {
    write(store, |tx| {
        tx.upload_put(&upload(1))?;
        tx.upload_put(&upload(2))?;
        let id = upload(1).upload;
        assert!(tx.upload_advance(&id, 0, 40, Timestamp(90))?);
        assert!(!tx.upload_advance(&id, 0, 60, Timestamp(90))?);
        assert_eq!(tx.upload(&id)?.expect("there").offset_bytes, 40);
        let install = InstallId::from_bytes([1; 16]);
        assert_eq!(tx.uploads_of(&install, None)?.len(), 2);
        assert_eq!(
            tx.uploads_of(&install, Some(&BlobHash::of(&[2])))?,
            vec![upload(2)]
        );
        assert_eq!(tx.uploads_expired(Timestamp(50), 9)?, vec![upload(2).upload]);
        tx.upload_drop(&id)?;
        assert_eq!(tx.upload(&id)?, None);
        Ok(())
    });
}

fn blobs_are_found_by_report_and_by_hash(store: &dyn Store) {
    let blob = |report: i64, byte: u8| BlobRow {
        feed: FeedNo(1),
        report: ReportNo(report),
        blob: BlobHash::of(&[byte]),
        size_bytes: 1,
        media_type: "image/jpeg".into(),
        stored_at: Timestamp(1),
        is_erased: false,
    };
    write(store, |tx| {
        for row in [blob(1, 1), blob(1, 2), blob(2, 1)] {
            tx.blob_put(&row)?;
        }
        assert_eq!(tx.blobs_of_reports(FeedNo(1), &[ReportNo(1)])?.len(), 2);
        assert_eq!(
            tx.blobs_by_hash(&BlobHash::of(&[1]))?,
            vec![blob(1, 1), blob(2, 1)]
        );
        assert_eq!(tx.blobs_all(None, 9)?.len(), 2, "each hash once");
        tx.blob_put(&BlobRow {
            is_erased: true,
            ..blob(1, 2)
        })?;
        assert_eq!(tx.blobs_all(None, 9)?.len(), 1);
        Ok(())
    });
}

fn a_thing_is_on_the_review_list_once(store: &dyn Store) {
    let item = ReviewRow {
        number: 0,
        feed: FeedNo(1),
        install: InstallId::from_bytes([1; 16]),
        person: person("w1"),
        report: None,
        name: vec![1; 32],
        kind: "change".into(),
        why: "revoked".into(),
        received_at: Timestamp(1),
        body: vec![2],
        settled_at: None,
    };
    write(store, |tx| {
        assert!(tx.review_insert(&item)?);
        assert!(!tx.review_insert(&item)?);
        let open = tx.review_open(9)?;
        assert_eq!(open.len(), 1);
        tx.review_settle(open[0].number, Timestamp(5))?;
        assert!(tx.review_open(9)?.is_empty());
        let settled = tx.review(open[0].number)?.expect("there");
        assert_eq!(settled.settled_at, Some(Timestamp(5)));
        assert!(!tx.review_insert(&item)?, "what was settled does not come back");
        Ok(())
    });
}

fn audit_lines_come_back_in_order(store: &dyn Store) {
    let no = feed(store, "T1");
    let line = |number: u64| AuditLine {
        number,
        at: Timestamp(1),
        actor: "operator".into(),
        kind: "rows".into(),
        detail: "1-2".into(),
        hash: [u8::try_from(number).unwrap(); 32],
    };
    write(store, |tx| {
        tx.audit_insert(no, &[line(1), line(2), line(3)])?;
        tx.audit_insert(SERVER_FEED, &[line(1)])?;
        assert_eq!(tx.audit_lines(no, 2, 9)?, vec![line(2), line(3)]);
        assert_eq!(tx.audit_lines(no, 1, 1)?, vec![line(1)]);
        Ok(())
    });
}

fn values_are_replaced(store: &dyn Store) {
    write(store, |tx| {
        tx.meta_put("a", b"1")?;
        tx.meta_put("a", b"2")?;
        assert_eq!(tx.meta("a")?, Some(b"2".to_vec()));
        assert_eq!(tx.meta("b")?, None);
        Ok(())
    });
}

fn a_backup_holds_what_was_committed(store: &dyn Store) {
    let no = feed(store, "T1");
    write(store, |tx| tx.rows_insert(no, &[row(1, None, b"n")]));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup.sqlite");
    store.backup(&path).unwrap();
    assert!(store.size_bytes().unwrap() > 0);
    assert!(store.self_check().unwrap().is_empty());
    let copy = SqliteStore::open(&path, 1, 100).unwrap();
    write(&copy, |tx| {
        assert_eq!(tx.rows_after(no, 0, 9, 9)?.len(), 1);
        Ok(())
    });
}
