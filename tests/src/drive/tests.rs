//! What the drive keeps, loses and refuses.

use rusqlite::Connection;

use super::*;

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open(path)?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    Ok(conn)
}

fn put(conn: &Connection, n: i64) -> rusqlite::Result<usize> {
    conn.execute("INSERT INTO t VALUES (?1, ?2)", (n, "x".repeat(500)))
}

fn numbers(conn: &Connection) -> Vec<i64> {
    let mut rows = conn.prepare("SELECT n FROM t ORDER BY n").expect("it reads");
    let found = rows.query_map([], |row| row.get(0)).expect("it reads");
    found.map(|n| n.expect("a number")).collect()
}

/// Writes rows until the power goes at the given write; returns how many were acknowledged and what stands afterwards.
fn cut_after(writes: u64, seed: u64, synchronous: &str) -> (i64, Vec<i64>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.db");
    let drive = Drive::mount(folder.path(), seed);
    let conn = open(&path).expect("it opens");
    conn.execute("CREATE TABLE t (n INTEGER, text TEXT)", [])
        .expect("it makes");
    conn.pragma_update(None, "synchronous", synchronous)
        .expect("it sets");
    drive.cut_power_after(Some(writes));
    let mut acknowledged = 0;
    for n in 1..=200 {
        if put(&conn, n).is_err() {
            break;
        }
        acknowledged = n;
        if n % 50 == 0 {
            drop(conn.pragma_update(None, "wal_checkpoint", "TRUNCATE"));
        }
    }
    assert!(!drive.has_power(), "the power went before the last row");
    drop(conn);
    drive.restore_power();
    let conn = open(&path).expect("it opens after the power came back");
    let verdict: String = conn
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("it checks");
    assert_eq!(verdict, "ok");
    (acknowledged, numbers(&conn))
}

#[test]
fn what_sqlite_acknowledged_with_full_syncs_survives_a_cut_at_any_write() {
    for writes in 0..200 {
        let (acknowledged, standing) = cut_after(writes, writes, "FULL");
        let last = standing.len() as i64;
        assert_eq!(standing, (1..=last).collect::<Vec<_>>(), "cut at {writes}");
        assert!(
            last == acknowledged || last == acknowledged + 1,
            "cut at {writes}: {acknowledged} acknowledged, {last} standing"
        );
    }
}

#[test]
fn without_full_syncs_the_drive_does_lose_what_was_acknowledged() {
    let lost = (0..40).filter(|seed| {
        let (acknowledged, standing) = cut_after(120 + seed, *seed, "NORMAL");
        (standing.len() as i64) < acknowledged
    });
    assert!(lost.count() > 5, "else the drive would prove nothing");
}

#[test]
fn a_full_drive_takes_nothing_and_goes_on_where_it_was_when_there_is_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let drive = Drive::mount(folder.path(), 1);
    let conn = open(&folder.path().join("a.db")).expect("it opens");
    conn.execute("CREATE TABLE t (n INTEGER, text TEXT)", [])
        .expect("it makes");
    put(&conn, 1).expect("there is room");
    for fault in [Fault::Full, Fault::ReadOnly] {
        drive.set_fault(fault);
        put(&conn, 2).expect_err("nothing can be written");
        assert_eq!(numbers(&conn), [1], "what stands is readable");
    }
    drive.set_fault(Fault::None);
    put(&conn, 2).expect("there is room again");
    assert_eq!(numbers(&conn), [1, 2]);
}

#[test]
fn files_beside_the_drive_are_left_alone() {
    let (inside, outside) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let drive = Drive::mount(inside.path(), 1);
    drive.set_fault(Fault::Full);
    let conn = open(&outside.path().join("b.db")).expect("it opens");
    conn.execute("CREATE TABLE t (n INTEGER, text TEXT)", [])
        .expect("it makes");
    put(&conn, 1).expect("this is no file of the drive");
    assert_eq!(drive.cuts(), 0);
}
