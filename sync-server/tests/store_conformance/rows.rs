//! What holds for every row: all or nothing, order, no gaps, one state to a reader, replaced values, backups.

use std::sync::Barrier;

use xunge_core::directory::DirectoryRow;
use xunge_core::id::UnitId;
use xunge_core::time::Timestamp;
use xunge_server::store::{AuditLine, ReportNo, RowKind, SERVER_FEED, SqliteStore, Store, StoreError};

use super::{feed, insert, report, row, write};

pub(super) fn a_job_that_errs_writes_nothing(store: &dyn Store) {
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

pub(super) fn rows_come_back_in_the_order_of_their_feed_and_of_no_other(store: &dyn Store) {
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

pub(super) fn writers_from_many_threads_take_numbers_without_a_gap(store: &dyn Store) {
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

pub(super) fn a_reader_sees_one_state_while_others_write(store: &dyn Store) {
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

pub(super) fn a_replaced_body_stays_in_its_place(store: &dyn Store) {
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

pub(super) fn directory_rows_move_to_their_newest_number(store: &dyn Store) {
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

pub(super) fn audit_lines_come_back_in_order(store: &dyn Store) {
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

pub(super) fn values_are_replaced(store: &dyn Store) {
    write(store, |tx| {
        tx.meta_put("a", b"1")?;
        tx.meta_put("a", b"2")?;
        assert_eq!(tx.meta("a")?, Some(b"2".to_vec()));
        assert_eq!(tx.meta("b")?, None);
        Ok(())
    });
}

pub(super) fn a_backup_holds_what_was_committed(store: &dyn Store) {
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
