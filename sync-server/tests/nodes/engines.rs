//! Two nodes' stores on one schema: numbers without gaps, townships that do not wait for each other, layouts of two versions.

use std::sync::Barrier;

use xunge_core::app::Device;
use xunge_core::id::{ReportId, UnitId};
use xunge_server::service::ReportRef;
use xunge_server::store::{
    DatabasePlace, FeedNo, LedgerRow, PostgresAddress, PostgresStore, RowKind, Store, StoreError, StoreResult,
};

use crate::node::{Node, address};
use crate::tamper::{number, tamper};
use crate::town::{OPERATOR, Town, draft, picture};

fn open(address: &PostgresAddress) -> StoreResult<PostgresStore> {
    PostgresStore::open(address, 8, 10_000)
}

fn feed(store: &dyn Store, unit: &str) -> FeedNo {
    let mut made = None;
    store
        .write(None, &mut |tx| {
            made = Some(tx.feed_insert(&UnitId::new(unit).unwrap())?);
            Ok(())
        })
        .unwrap();
    made.unwrap()
}

fn append(store: &dyn Store, feed: FeedNo) {
    try_append(store, feed).unwrap();
}

fn try_append(store: &dyn Store, feed: FeedNo) -> StoreResult<()> {
    store.write(Some(feed), &mut |tx| {
        let mut state = tx.feed_by_no(feed)?.expect("the feed is there");
        state.head += 1;
        let row = LedgerRow {
            seq: state.head,
            kind: RowKind::Change,
            report: None,
            name: None,
            install: None,
            moved_from: None,
            body: Some(vec![1]),
        };
        tx.rows_insert(feed, &[row])?;
        tx.feed_update(&state)
    })
}

#[test]
fn a_node_speaks_tls_with_who_its_roots_have_signed_and_with_nobody_else() {
    let plain = address();
    let folder = std::env::var("XUNGE_TEST_DATABASE_FOLDER").expect("run these tests by tests/postgres.sh");
    let base = std::env::var("XUNGE_TEST_DATABASE_TLS").expect("run these tests by tests/postgres.sh");
    let of = |base: &str, root: &str| -> PostgresAddress {
        let url = format!("{base}&sslrootcert={folder}/{root}&schema={}", plain.schema());
        url.parse().unwrap()
    };
    let sessions = "SELECT count(*) FROM pg_stat_ssl WHERE ssl AND pid IN \
                    (SELECT pid FROM pg_stat_activity WHERE application_name = 'tls-test')";
    let named = format!("{base}&application_name=tls-test");
    let store = open(&of(&named, "root.crt")).unwrap();
    let no = feed(&store, "T1");
    append(&store, no);
    assert!(number(&DatabasePlace::Postgres(plain.clone()), sessions) > 0);
    drop(store);
    let said = open(&of(&base, "other.crt")).map(drop).unwrap_err();
    assert!(
        matches!(&said, StoreError::Engine(text) if text.contains("TLS")),
        "{said:?}"
    );
    // The certificate is for 127.0.0.1, not for this name of the same machine.
    let elsewhere = base.replace("127.0.0.1", "localhost");
    assert!(matches!(
        open(&of(&elsewhere, "root.crt")).map(drop),
        Err(StoreError::Engine(_))
    ));
}

#[test]
fn nodes_that_stand_up_at_once_make_the_tables_once() {
    let address = address();
    std::thread::scope(|scope| {
        let nodes: Vec<_> = (0..4).map(|_| scope.spawn(|| open(&address).map(drop))).collect();
        for node in nodes {
            node.join().unwrap().unwrap();
        }
    });
}

#[test]
fn two_nodes_give_the_numbers_of_a_feed_without_a_gap_and_a_reader_skips_none() {
    let address = address();
    let (first, second) = (open(&address).unwrap(), open(&address).unwrap());
    let feed = feed(&first, "T1");
    std::thread::scope(|scope| {
        for store in [&first, &second, &first, &second] {
            scope.spawn(move || (0..15).for_each(|_| append(store, feed)));
        }
        // Whoever follows by a cursor sees every number once, while others write.
        let mut cursor = 0;
        while cursor < 60 {
            second
                .read(&mut |tx| {
                    for row in tx.rows_after(feed, cursor, u64::MAX, 7)? {
                        assert_eq!(row.seq, cursor + 1);
                        cursor = row.seq;
                    }
                    Ok(())
                })
                .unwrap();
        }
    });
}

#[test]
fn a_township_does_not_wait_for_another() {
    let address = address();
    let store = open(&address).unwrap();
    let (first, second) = (feed(&store, "T1"), feed(&store, "T2"));
    let (begun, written) = (Barrier::new(2), Barrier::new(2));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            begun.wait();
            append(&store, second);
            written.wait();
        });
        store
            .write(Some(first), &mut |tx| {
                tx.feed_by_no(first)?;
                begun.wait();
                // This one is still at work when the other has committed.
                written.wait();
                Ok(())
            })
            .unwrap();
    });
}

#[test]
fn what_is_written_without_its_feeds_lock_is_refused() {
    let store = open(&address()).unwrap();
    let (first, second) = (feed(&store, "T1"), feed(&store, "T2"));
    let wrong = store.write(Some(first), &mut |tx| {
        let mut state = tx.feed_by_no(second)?.expect("there");
        state.head += 1;
        tx.feed_update(&state)
    });
    assert!(matches!(wrong, Err(StoreError::Engine(_))), "{wrong:?}");
    let beside = store.write_beside(&mut |tx| {
        let state = tx.feed_by_no(first)?.expect("there");
        tx.feed_update(&state)
    });
    assert!(beside.is_err());
}

#[test]
fn a_layout_that_only_expands_is_served_and_one_that_asks_for_more_is_refused() {
    let address = address();
    drop(open(&address).unwrap());
    let place = DatabasePlace::Postgres(address.clone());
    tamper(&place, "INSERT INTO layouts (number, least) VALUES (98, 1)");
    open(&address).expect("an older program serves what a newer one has expanded");
    tamper(&place, "INSERT INTO layouts (number, least) VALUES (99, 99)");
    assert!(matches!(
        open(&address).err(),
        Some(StoreError::Newer { found: 99, .. })
    ));
}

/// Layout 2 added the pieces of uploads and their ends: without these it is what a program of layout 1 left.
#[test]
fn a_database_of_the_first_layout_is_brought_to_the_newest_with_everything_in_it() {
    let town = Town::open();
    let device = town.device("w1");
    let report = town.report(&device, "第一版的事件", &[picture(1, 60)]);
    let place = town.app.config.database_place();
    tamper(&place, "DROP TABLE upload_parts");
    tamper(&place, "DROP TABLE upload_marks");
    tamper(&place, "DELETE FROM layouts WHERE number > 1");
    let node = Node::beside(&town);
    assert_eq!(number(&place, "SELECT max(number) FROM layouts"), 2);
    let verified = node.service().verify(None).unwrap();
    assert_eq!(verified.problems, Vec::<String>::new());
    let story = node
        .service()
        .report_story(&OPERATOR, &ReportRef::Id(report), None)
        .unwrap();
    assert_eq!(story.content.unwrap().description, "第一版的事件");
    assert_eq!(story.blobs.len(), 2);
    // It takes in more, pictures too.
    let next = device_report(&device, &node);
    let story = node.service().report_story(&OPERATOR, &ReportRef::Id(next), None);
    assert_eq!(story.unwrap().blobs.len(), 2);
}

/// A report with a picture, handed in and sent to a node.
fn device_report(device: &Device, node: &Node) -> ReportId {
    let report = draft(device, "第二版的事件", &[picture(2, 60)]);
    device.submit(report).unwrap();
    let done = device.sync(&node.transport(), &Default::default());
    assert!(done.failure.is_none(), "{done:?}");
    report
}

#[test]
fn a_node_goes_on_when_its_connections_were_cut() {
    let address = address();
    let store = open(&address).unwrap();
    let feed = feed(&store, "T1");
    append(&store, feed);
    let place = DatabasePlace::Postgres(address.clone());
    let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cut-this'";
    let named: PostgresAddress = format!("{}&application_name=cut-this", crate::node::url(&address))
        .parse()
        .unwrap();
    let other = open(&named).unwrap();
    append(&other, feed);
    tamper(&place, sql);
    // At most the one call that held the dead connection is told to come again.
    match try_append(&other, feed) {
        Ok(()) => {}
        Err(error) => {
            assert!(error.is_busy(), "{error:?}");
            append(&other, feed);
        }
    }
    let mut head = 0;
    other
        .read(&mut |tx| {
            head = tx.feed_by_no(feed)?.expect("there").head;
            Ok(())
        })
        .unwrap();
    assert_eq!(head, 3);
}
