//! What patrols bring.

use tokio_postgres::Row;
use xunge_core::id::{InstallId, PatrolId, PersonId, UnitId};
use xunge_core::time::Timestamp;

use super::cells::{Cells, damaged, signed};
use super::connection::params;
use super::tx::PgTx;
use crate::store::patrol::{
    CoverageRow, PatrolRead, PatrolWrite, SegmentPlace, TrackKind, TrackRow, TrackStanding,
};
use crate::store::{FeedNo, StoreResult};

const TRACK: &str = "SELECT name, kind, install, person, received_at, seq, body, patrol, number, begun_at, closed_at, \
     clock, boot FROM tracks";

const COVERAGE: &str = "SELECT unit, day, seq, updated_at, body FROM coverage";

fn place(c: &mut Cells<'_>) -> StoreResult<Option<SegmentPlace>> {
    let Some(patrol) = c.next::<Option<&[u8]>>()? else {
        return Ok(None);
    };
    Ok(Some(SegmentPlace {
        patrol: PatrolId::from_slice(patrol).ok_or_else(|| damaged("a patrol"))?,
        number: c.number()?,
        begun_at: c.at()?,
        closed_at: c.at()?,
        clock: c.number()?,
        boot: c.next::<i64>()?.cast_unsigned(),
    }))
}

fn track_row(row: &Row) -> StoreResult<TrackRow> {
    let mut c = Cells::of(row);
    Ok(TrackRow {
        name: c.hash()?,
        kind: TrackKind::from_number(c.next()?).ok_or_else(|| damaged("a track's kind"))?,
        install: c.install()?,
        person: c.person()?,
        received_at: c.at()?,
        seq: c.number()?,
        body: c.next()?,
        place: place(&mut c)?,
    })
}

fn coverage_row(row: &Row) -> StoreResult<CoverageRow> {
    let mut c = Cells::of(row);
    Ok(CoverageRow {
        unit: c.unit()?,
        day: c.next()?,
        seq: c.number()?,
        updated_at: c.at()?,
        body: c.next()?,
    })
}

impl PatrolRead for PgTx<'_> {
    fn track_standing(&mut self, feed: FeedNo, name: &[u8; 32]) -> StoreResult<Option<TrackStanding>> {
        let sql = "SELECT received_at, body IS NULL FROM tracks WHERE feed_no = $1 AND name = $2";
        self.one(sql, params![feed.0, name.to_vec()], |row| {
            let mut c = Cells::of(row);
            let at = c.at()?;
            Ok(match c.next()? {
                true => TrackStanding::Deleted(at),
                false => TrackStanding::Held,
            })
        })
    }

    fn tracks_of_patrol(
        &mut self,
        feed: FeedNo,
        patrol: &PatrolId,
        install: &InstallId,
    ) -> StoreResult<Vec<TrackRow>> {
        let sql = format!("{TRACK} WHERE feed_no = $1 AND patrol = $2 AND install = $3 ORDER BY number");
        let values = params![feed.0, patrol.as_bytes().to_vec(), install.as_bytes().to_vec()];
        self.list(&sql, values, track_row)
    }

    fn tracks_before(&mut self, feed: FeedNo, before: Timestamp) -> StoreResult<Vec<[u8; 32]>> {
        let sql = "SELECT name FROM tracks WHERE feed_no = $1 AND received_at < $2 AND body IS NOT NULL ORDER BY name";
        self.list(sql, params![feed.0, before.as_millis()], |row| {
            Cells::of(row).hash()
        })
    }

    fn tracks_of_person(&mut self, feed: FeedNo, person: &PersonId) -> StoreResult<Vec<[u8; 32]>> {
        let sql = "SELECT name FROM tracks WHERE feed_no = $1 AND person = $2 ORDER BY name";
        self.list(sql, params![feed.0, person.as_str().to_owned()], |row| {
            Cells::of(row).hash()
        })
    }

    fn tracks_held(
        &mut self,
        feed: FeedNo,
        kind: TrackKind,
        after: Option<[u8; 32]>,
        limit: u32,
    ) -> StoreResult<Vec<TrackRow>> {
        let sql = format!(
            "{TRACK} WHERE feed_no = $1 AND name > $2 AND kind = $3 AND body IS NOT NULL ORDER BY name LIMIT $4"
        );
        let after = after.map_or(Vec::new(), |name| name.to_vec());
        let values = params![feed.0, after, kind as i64, i64::from(limit)];
        self.list(&sql, values, track_row)
    }

    fn tracks_deleted(&mut self, feed: FeedNo) -> StoreResult<Vec<(Timestamp, [u8; 32])>> {
        let sql = "SELECT received_at, name FROM tracks WHERE feed_no = $1 AND body IS NULL ORDER BY received_at, name";
        self.list(sql, params![feed.0], |row| {
            let mut c = Cells::of(row);
            Ok((c.at()?, c.hash()?))
        })
    }

    fn coverage(&mut self, feed: FeedNo, unit: &UnitId, day: &str) -> StoreResult<Option<CoverageRow>> {
        let sql = format!("{COVERAGE} WHERE feed_no = $1 AND unit = $2 AND day = $3");
        let values = params![feed.0, unit.as_str().to_owned(), day.to_owned()];
        self.one(&sql, values, coverage_row)
    }

    fn coverage_by_seq(&mut self, feed: FeedNo, seq: u64) -> StoreResult<Option<CoverageRow>> {
        let sql = format!("{COVERAGE} WHERE feed_no = $1 AND seq = $2 AND seq > 0");
        self.one(&sql, params![feed.0, signed(seq)], coverage_row)
    }

    fn coverage_between(
        &mut self,
        feed: FeedNo,
        unit: Option<&UnitId>,
        from: &str,
        to: &str,
    ) -> StoreResult<Vec<CoverageRow>> {
        let mut values = params![feed.0, from.to_owned(), to.to_owned()];
        let of_unit = match unit {
            Some(unit) => {
                values.extend(params![unit.as_str().to_owned()]);
                " AND unit = $4"
            }
            None => "",
        };
        let sql =
            format!("{COVERAGE} WHERE feed_no = $1 AND day BETWEEN $2 AND $3{of_unit} ORDER BY unit, day");
        self.list(&sql, values, coverage_row)
    }
}

impl PatrolWrite for PgTx<'_> {
    fn tracks_insert(&mut self, feed: FeedNo, rows: &[TrackRow]) -> StoreResult<()> {
        let sql = "INSERT INTO tracks (feed_no, name, kind, install, person, patrol, number, begun_at, closed_at, clock, \
                   boot, received_at, seq, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
        for row in rows {
            let place = row.place.as_ref();
            let values = params![
                feed.0,
                row.name.to_vec(),
                row.kind as i64,
                row.install.as_bytes().to_vec(),
                row.person.as_str().to_owned(),
                place.map(|p| p.patrol.as_bytes().to_vec()),
                place.map(|p| i64::from(p.number)),
                place.map(|p| p.begun_at.as_millis()),
                place.map(|p| p.closed_at.as_millis()),
                place.map(|p| i64::from(p.clock)),
                place.map(|p| p.boot.cast_signed()),
                row.received_at.as_millis(),
                signed(row.seq),
                row.body.clone(),
            ];
            self.send_exactly(1, sql, values)?;
        }
        Ok(())
    }

    fn tracks_delete(&mut self, feed: FeedNo, names: &[[u8; 32]], at: Timestamp) -> StoreResult<()> {
        let names: Vec<Vec<u8>> = names.iter().map(|name| name.to_vec()).collect();
        let sql = "UPDATE tracks SET install = NULL, person = NULL, patrol = NULL, number = NULL, begun_at = NULL, \
                   closed_at = NULL, clock = NULL, boot = NULL, seq = 0, body = NULL, received_at = $3 \
                   WHERE feed_no = $1 AND name = ANY($2) AND body IS NOT NULL";
        self.send(sql, params![feed.0, names, at.as_millis()])
    }

    fn coverage_put(&mut self, feed: FeedNo, rows: &[CoverageRow]) -> StoreResult<()> {
        let sql = "INSERT INTO coverage (feed_no, unit, day, seq, updated_at, body) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (feed_no, unit, day) DO UPDATE SET seq = excluded.seq, \
                   updated_at = excluded.updated_at, body = excluded.body";
        for row in rows {
            let values = params![
                feed.0,
                row.unit.as_str().to_owned(),
                row.day.clone(),
                signed(row.seq),
                row.updated_at.as_millis(),
                row.body.clone(),
            ];
            self.send(sql, values)?;
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
        let sql = "UPDATE review SET body = ''::bytea, settled_at = coalesce(settled_at, $4) \
                   WHERE feed_no = $1 AND kind = $2 AND received_at < $3 AND length(body) > 0 RETURNING 1";
        let values = params![feed.0, kind.to_owned(), before.as_millis(), at.as_millis()];
        let count = self.changed(sql, values)?;
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }
}
