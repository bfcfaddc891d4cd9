//! Two nodes' stores on one schema: numbers without gaps, townships that do not wait for each other, layouts of two versions.

use std::sync::Barrier;

use xunge_core::id::UnitId;
use xunge_server::store::{
    DatabasePlace, FeedNo, LedgerRow, PostgresAddress, PostgresStore, RowKind, Store, StoreError, StoreResult,
};

use crate::node::address;
use crate::tamper::tamper;

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
