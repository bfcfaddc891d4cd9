//! What patrols bring, to and from its tables.

use rusqlite::types::Value;
use rusqlite::{Row, params};
use xunge_core::id::{InstallId, PatrolId, PersonId, UnitId};
use xunge_core::time::Timestamp;

use super::install::{install_id, person, unit};
use super::ledger_read::{hash32, signed, unsigned};
use super::{SqliteTx, damaged};
use crate::store::patrol::{
    CoverageRow, PatrolRead, PatrolWrite, SegmentPlace, TrackKind, TrackRow, TrackStanding,
};
use crate::store::{FeedNo, StoreResult};

const TRACK: &str = "SELECT name, kind, install, person, patrol, number, begun_at, closed_at, clock, boot, received_at, \
     seq, body FROM tracks";

const COVERAGE: &str = "SELECT unit, day, seq, updated_at, body FROM coverage";

fn place(row: &Row<'_>) -> rusqlite::Result<Option<SegmentPlace>> {
    let Some(patrol) = row.get::<_, Option<Vec<u8>>>(4)? else {
        return Ok(None);
    };
    Ok(Some(SegmentPlace {
        patrol: PatrolId::from_slice(&patrol).ok_or_else(|| damaged("a patrol"))?,
        number: row.get(5)?,
        begun_at: Timestamp(row.get(6)?),
        closed_at: Timestamp(row.get(7)?),
        clock: row.get(8)?,
        boot: row.get::<_, i64>(9)?.cast_unsigned(),
    }))
}

fn track_row(row: &Row<'_>) -> rusqlite::Result<TrackRow> {
    Ok(TrackRow {
        name: hash32(row.get(0)?)?,
        kind: TrackKind::from_number(row.get(1)?).ok_or_else(|| damaged("a track's kind"))?,
        install: install_id(row.get(2)?)?,
        person: person(row.get(3)?)?,
        place: place(row)?,
        received_at: Timestamp(row.get(10)?),
        seq: unsigned(row.get(11)?),
        body: row.get(12)?,
    })
}

fn coverage_row(row: &Row<'_>) -> rusqlite::Result<CoverageRow> {
    Ok(CoverageRow {
        unit: unit(row.get(0)?)?,
        day: row.get(1)?,
        seq: unsigned(row.get(2)?),
        updated_at: Timestamp(row.get(3)?),
        body: row.get(4)?,
    })
}

fn blob(bytes: &[u8]) -> Value {
    Value::Blob(bytes.to_vec())
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

impl PatrolRead for SqliteTx<'_> {
    fn track_standing(&mut self, feed: FeedNo, name: &[u8; 32]) -> StoreResult<Option<TrackStanding>> {
        let sql = "SELECT received_at, body IS NULL FROM tracks WHERE feed_no = ? AND name = ?";
        self.one(sql, params![feed.0, name], |row| {
            let at = Timestamp(row.get(0)?);
            Ok(if row.get(1)? {
                TrackStanding::Deleted(at)
            } else {
                TrackStanding::Held
            })
        })
    }

    fn tracks_of_patrol(
        &mut self,
        feed: FeedNo,
        patrol: &PatrolId,
        install: &InstallId,
    ) -> StoreResult<Vec<TrackRow>> {
        let sql = format!("{TRACK} WHERE feed_no = ? AND patrol = ? AND install = ? ORDER BY number");
        let values = [
            Value::Integer(feed.0),
            blob(patrol.as_bytes()),
            blob(install.as_bytes()),
        ];
        self.list(&sql, values, track_row)
    }

    fn tracks_before(&mut self, feed: FeedNo, before: Timestamp) -> StoreResult<Vec<[u8; 32]>> {
        let sql = "SELECT name FROM tracks WHERE feed_no = ? AND received_at < ? AND body IS NOT NULL ORDER BY name";
        let values = [feed.0, before.as_millis()].map(Value::Integer);
        self.list(sql, values, |row| hash32(row.get(0)?))
    }

    fn tracks_of_person(&mut self, feed: FeedNo, person: &PersonId) -> StoreResult<Vec<[u8; 32]>> {
        let sql = "SELECT name FROM tracks WHERE feed_no = ? AND person = ? ORDER BY name";
        let values = [Value::Integer(feed.0), text(person.as_str())];
        self.list(sql, values, |row| hash32(row.get(0)?))
    }

    fn tracks_held(
        &mut self,
        feed: FeedNo,
        kind: TrackKind,
        after: Option<[u8; 32]>,
        limit: u32,
    ) -> StoreResult<Vec<TrackRow>> {
        let sql = format!(
            "{TRACK} WHERE feed_no = ? AND name > ? AND kind = ? AND body IS NOT NULL ORDER BY name LIMIT ?"
        );
        let after = after.map_or(Vec::new(), |name| name.to_vec());
        let values = [
            Value::Integer(feed.0),
            Value::Blob(after),
            Value::Integer(kind as i64),
            Value::Integer(i64::from(limit)),
        ];
        self.list(&sql, values, track_row)
    }

    fn tracks_deleted(&mut self, feed: FeedNo) -> StoreResult<Vec<(Timestamp, [u8; 32])>> {
        let sql = "SELECT received_at, name FROM tracks WHERE feed_no = ? AND body IS NULL ORDER BY received_at, name";
        self.list(sql, [Value::Integer(feed.0)], |row| {
            Ok((Timestamp(row.get(0)?), hash32(row.get(1)?)?))
        })
    }

    fn coverage(&mut self, feed: FeedNo, unit: &UnitId, day: &str) -> StoreResult<Option<CoverageRow>> {
        let sql = format!("{COVERAGE} WHERE feed_no = ? AND unit = ? AND day = ?");
        self.one(&sql, params![feed.0, unit.as_str(), day], coverage_row)
    }

    fn coverage_by_seq(&mut self, feed: FeedNo, seq: u64) -> StoreResult<Option<CoverageRow>> {
        let sql = format!("{COVERAGE} WHERE feed_no = ? AND seq = ? AND seq > 0");
        self.one(&sql, params![feed.0, signed(seq)], coverage_row)
    }

    fn coverage_between(
        &mut self,
        feed: FeedNo,
        unit: Option<&UnitId>,
        from: &str,
        to: &str,
    ) -> StoreResult<Vec<CoverageRow>> {
        let days = [text(from), text(to)];
        let mut values = vec![Value::Integer(feed.0)];
        let of_unit = match unit {
            Some(unit) => {
                values.push(text(unit.as_str()));
                "AND unit = ? "
            }
            None => "",
        };
        values.extend(days);
        let sql = format!("{COVERAGE} WHERE feed_no = ? {of_unit}AND day BETWEEN ? AND ? ORDER BY unit, day");
        self.list(&sql, values, coverage_row)
    }
}

impl PatrolWrite for SqliteTx<'_> {
    fn tracks_insert(&mut self, feed: FeedNo, rows: &[TrackRow]) -> StoreResult<()> {
        let sql = "INSERT INTO tracks (feed_no, name, kind, install, person, patrol, number, begun_at, closed_at, clock, \
                   boot, received_at, seq, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        for row in rows {
            let place = row.place.as_ref();
            self.run(
                sql,
                params![
                    feed.0,
                    row.name,
                    row.kind as i64,
                    row.install.as_bytes(),
                    row.person.as_str(),
                    place.map(|p| p.patrol.as_bytes().to_vec()),
                    place.map(|p| p.number),
                    place.map(|p| p.begun_at.as_millis()),
                    place.map(|p| p.closed_at.as_millis()),
                    place.map(|p| p.clock),
                    place.map(|p| p.boot.cast_signed()),
                    row.received_at.as_millis(),
                    signed(row.seq),
                    row.body,
                ],
            )?;
        }
        Ok(())
    }

    fn tracks_delete(&mut self, feed: FeedNo, names: &[[u8; 32]], at: Timestamp) -> StoreResult<()> {
        let sql = "UPDATE tracks SET install = NULL, person = NULL, patrol = NULL, number = NULL, begun_at = NULL, \
                   closed_at = NULL, clock = NULL, boot = NULL, seq = 0, body = NULL, received_at = ? \
                   WHERE feed_no = ? AND name = ? AND body IS NOT NULL";
        for name in names {
            self.run(sql, params![at.as_millis(), feed.0, name])?;
        }
        Ok(())
    }

    fn coverage_put(&mut self, feed: FeedNo, rows: &[CoverageRow]) -> StoreResult<()> {
        let sql = "INSERT INTO coverage (feed_no, unit, day, seq, updated_at, body) VALUES (?, ?, ?, ?, ?, ?) \
                   ON CONFLICT (feed_no, unit, day) DO UPDATE SET seq = excluded.seq, updated_at = excluded.updated_at, \
                   body = excluded.body";
        for row in rows {
            let at = row.updated_at.as_millis();
            let (unit, seq) = (row.unit.as_str(), signed(row.seq));
            self.run(sql, params![feed.0, unit, row.day, seq, at, row.body])?;
        }
        Ok(())
    }

    fn review_empty(
        &mut self,
        feed: FeedNo,
        kind: &str,
        before: Timestamp,
        at: Timestamp,
    ) -> StoreResult<u64> {
        let sql = "UPDATE review SET body = zeroblob(0), settled_at = coalesce(settled_at, ?) \
                   WHERE feed_no = ? AND kind = ? AND received_at < ? AND length(body) > 0";
        let count = self.run(sql, params![at.as_millis(), feed.0, kind, before.as_millis()])?;
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }
}
