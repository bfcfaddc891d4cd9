//! Taking in what patrols bring: segments of tracks and check-ups of key places.
//!
//! A segment is kept sealed until the township's policy has it deleted, and its cells join the coverage of the grids that it saw in the
//! same transaction. Nobody's phone ever gets a segment; what travels are the cells of grids. No row of the feed names an install.

use chrono::TimeDelta;
use xunge_core::coverage::CellSet;
use xunge_core::directory::{Directory, KeyPlace};
use xunge_core::id::{PatrolId, ReportId, UnitId};
use xunge_core::key_place::{self, EXCUSED_DAYS_MAX, VisitKind, VisitRecord, VisitRecordError};
use xunge_core::patrol::{
    Fix, FixClock, FixDay, PatrolKind, Segment, SegmentError, SegmentHeader, shifted_segment,
};
use xunge_core::place::{MicroPosition, PlaceClaim, Quality};
use xunge_core::signature::sha256;
use xunge_core::sync::message::{ItemResult, RefusedCode};
use xunge_core::time::{DeviceTime, TimeQuality, Timestamp};

use super::Ledger;
use super::cover::{VisitHow, VisitKey};
use super::ground::{believable, day_end};
use super::take::refused;
use super::turn::Turn;
use crate::ServiceError;
use crate::store::{InstallRow, SegmentPlace, TrackKind, TrackRow, TrackStanding};

/// What sealed segments and check-ups are bound to beside their name.
const CONTEXT: &str = "track";

/// Margin around a segment within which key places are looked at, in millionths of a degree: more than 100 m everywhere in China.
const PLACE_MARGIN_E6: i32 = 2_000;

/// Reads a segment and checks everything that needs no database.
pub(crate) fn parse_track(sender: &InstallRow, bytes: &[u8]) -> Result<Segment, ItemResult> {
    let segment = Segment::decode(bytes).map_err(segment_refusal)?;
    segment
        .check_sender(&sender.install, &sender.person)
        .map_err(segment_refusal)?;
    Ok(segment)
}

/// Reads a check-up and checks everything that needs no database.
pub(crate) fn parse_visit(sender: &InstallRow, bytes: &[u8]) -> Result<VisitRecord, ItemResult> {
    let record = VisitRecord::decode(bytes).map_err(|error| {
        let code = match error {
            VisitRecordError::TooLarge => RefusedCode::TooLarge,
            VisitRecordError::Malformed | VisitRecordError::NotCanonical => RefusedCode::Malformed,
            _ => RefusedCode::NotAllowed,
        };
        refused(code, error)
    })?;
    if record.install != sender.install || record.person != sender.person {
        return Err(refused(RefusedCode::NotYours, "the visit names another author"));
    }
    Ok(record)
}

fn segment_refusal(error: SegmentError) -> ItemResult {
    use SegmentError as E;
    let code = match error {
        E::TooLarge => RefusedCode::TooLarge,
        E::ForeignInstall | E::ForeignPerson => RefusedCode::NotYours,
        E::IndexTaken { .. } => RefusedCode::NameReused,
        E::Overlaps { .. } | E::Implausible { .. } | E::OutOfRange { .. } => RefusedCode::NotAllowed,
        _ => RefusedCode::Malformed,
    };
    refused(code, error)
}

impl Ledger {
    /// The bytes of a held segment or check-up.
    pub(crate) fn track_bytes(&self, row: &TrackRow) -> Result<Vec<u8>, ServiceError> {
        let opened = self.keys.master.open(CONTEXT, &row.name, &row.body);
        opened.map_err(|_| ServiceError::Damaged(format!("track {}", hex::encode(row.name))))
    }

    /// A held segment.
    pub(crate) fn segment(&self, row: &TrackRow) -> Result<Segment, ServiceError> {
        let bad = |_| ServiceError::Damaged(format!("track {}", hex::encode(row.name)));
        Segment::decode(&self.track_bytes(row)?).map_err(bad)
    }
}

/// How long ago a segment may have ended for its last fix to say where somebody is, in ms.
pub(crate) const FRESH_MS: i64 = 30 * 60_000;

impl Turn<'_> {
    /// The word on a segment or check-up that was here before.
    pub(crate) fn known_track(&mut self, name: &[u8; 32]) -> Result<Option<ItemResult>, ServiceError> {
        if self.tracks.iter().any(|row| row.name == *name) {
            return Ok(Some(ItemResult::Duplicate));
        }
        let standing = self.tx.track_standing(self.feed.no, name)?;
        Ok(standing.map(|standing| match standing {
            TrackStanding::Held => ItemResult::Duplicate,
            TrackStanding::Deleted(_) => ItemResult::Expired,
        }))
    }

    /// Takes in a segment whose form and sender were checked.
    pub(crate) fn take_track(
        &mut self,
        segment: &Segment,
        bytes: &[u8],
        sender: &InstallRow,
    ) -> Result<ItemResult, ServiceError> {
        let name = sha256(bytes);
        if let Some(known) = self.known_track(&name)? {
            return Ok(known);
        }
        let header = &segment.header;
        let key = (header.patrol, header.install);
        if !self.patrols.contains_key(&key) {
            let held = self.tx.tracks_of_patrol(self.feed.no, &key.0, &key.1)?;
            self.patrols.insert(key, held);
        }
        let others: Vec<SegmentHeader> = self.patrols[&key].iter().filter_map(header_of).collect();
        if let Err(error) = segment.check_beside(&others) {
            return Ok(segment_refusal(error));
        }
        if let Some(shifted) = self.shifted(segment)? {
            let text =
                format!("the track was recorded on a shifted map (GCJ-02): {shifted:.0} m beside its grids");
            return Ok(refused(RefusedCode::NotAllowed, text));
        }
        let row = TrackRow {
            name,
            kind: TrackKind::Segment,
            install: sender.install,
            person: sender.person.clone(),
            place: Some(place_of(header)),
            received_at: self.now,
            seq: self.feed.head,
            body: self.ledger.keys.master.seal(CONTEXT, &name, bytes),
        };
        self.note_whereabouts(segment);
        self.cover_by(segment)?;
        self.visit_by_patrol(segment)?;
        self.patrols.entry(key).or_default().push(row.clone());
        self.tracks.push(row);
        Ok(ItemResult::Stored)
    }

    /// Remembers where somebody on patrol is, so that the nearest can be asked to look. A walk that was sent late says nothing of now.
    fn note_whereabouts(&self, segment: &Segment) {
        let header = &segment.header;
        let is_fresh = self.now.ms_since(header.closed_at).abs() <= FRESH_MS;
        let last = segment.fixes.iter().rev().find(|fix| fix.is_good());
        let Some(fix) = last.filter(|_| is_fresh) else {
            return;
        };
        self.ledger
            .note_whereabouts(header.person.clone(), self.now, fix.position.to_position());
    }

    /// Joins the cells of a segment, and notes the patrol in the grids that it serves.
    fn cover_by(&mut self, segment: &Segment) -> Result<(), ServiceError> {
        let directory = std::sync::Arc::clone(&self.directory);
        let versioned = (self.directory_version, &*directory);
        let township = self.feed.unit.clone();
        let rows = self.ledger.grounds.rows(versioned, &township, segment, self.now);
        for ((unit, day), cells) in &rows {
            self.join_cells(unit, *day, cells)?;
        }
        let grids = directory.grids_ever_under(&township, self.now);
        let header = &segment.header;
        for day in days_of(segment, &directory, &township, self.now) {
            for grid in header.grids.iter().filter(|grid| grids.contains(*grid)) {
                self.add_patrol(grid, day, header.patrol)?;
            }
        }
        Ok(())
    }

    /// Whether the segment lies beside its grids and in them once it is taken for GCJ-02: by how many metres.
    fn shifted(&self, segment: &Segment) -> Result<Option<f64>, ServiceError> {
        let mut cells = CellSet::new();
        let header = &segment.header;
        for grid in &header.grids {
            let Some(ground) = self.ledger.grounds.ground(&self.directory, grid, self.now) else {
                return Ok(None);
            };
            cells.join(&ground.cells);
        }
        if shifted_segment(segment, [], &cells).is_none() {
            return Ok(None);
        }
        let rows = self.patrols.get(&(header.patrol, header.install));
        let held: Vec<Segment> = rows
            .into_iter()
            .flatten()
            .map(|row| self.ledger.segment(row))
            .collect::<Result<_, _>>()?;
        Ok(shifted_segment(segment, &held, &cells).map(|shifted| shifted.offset_m))
    }

    /// Notes the key places near which the patrol stayed. A stay may run over the seams to the segments before and after.
    fn visit_by_patrol(&mut self, segment: &Segment) -> Result<(), ServiceError> {
        let directory = std::sync::Arc::clone(&self.directory);
        let places = places_near(&directory, &self.feed.unit, segment, self.now);
        if places.is_empty() {
            return Ok(());
        }
        let header = &segment.header;
        let is_neighbour = |row: &&TrackRow| {
            let number = row.place.map(|place| place.number);
            number.is_some_and(|number| number.abs_diff(header.index) == 1)
        };
        let rows = self.patrols.get(&(header.patrol, header.install));
        let mut segments = vec![segment.clone()];
        for row in rows.into_iter().flatten().filter(is_neighbour) {
            segments.push(self.ledger.segment(row)?);
        }
        let zone = directory.policy(&self.feed.unit, self.now).zone;
        for visit in key_place::patrol_visits(&places, &segments, zone) {
            let Some(place) = places.iter().find(|place| place.id == visit.place) else {
                continue;
            };
            let key = VisitKey {
                place: visit.place,
                how: VisitHow::Patrol,
                by: *header.patrol.as_bytes(),
            };
            let day = believable(visit.day, self.now, zone);
            self.add_visit(&place.grid, day, key, visit.at)?;
        }
        Ok(())
    }

    /// Takes in a check-up or excuse whose form and sender were checked.
    pub(crate) fn take_visit(
        &mut self,
        record: &VisitRecord,
        bytes: &[u8],
        sender: &InstallRow,
    ) -> Result<ItemResult, ServiceError> {
        let name = sha256(bytes);
        if let Some(known) = self.known_track(&name)? {
            return Ok(known);
        }
        let directory = std::sync::Arc::clone(&self.directory);
        let held = directory.key_places(self.now).find(|p| p.id == record.place);
        let Some(place) = held.filter(|p| directory.is_within(&p.grid, &self.feed.unit, self.now)) else {
            return Ok(refused(
                RefusedCode::NotAllowed,
                "the township has no such key place",
            ));
        };
        let zone = directory.policy(&self.feed.unit, self.now).zone;
        let (at, day) = day_of(&record.at, self.now, zone);
        let (half, _) = name.split_first_chunk::<16>().expect("32 bytes");
        let key = |how| VisitKey {
            place: place.id.clone(),
            how,
            by: *half,
        };
        match &record.kind {
            VisitKind::CheckUp { .. } => {
                // A form that was filled in elsewhere is kept, and says nothing of the place.
                let is_there = record
                    .claim
                    .is_none_or(|claim| key_place::is_about_there(place, &claim));
                if is_there {
                    self.add_visit(&place.grid, day, key(VisitHow::CheckUp), at)?;
                }
            }
            VisitKind::Excused { until, .. } => {
                let from = day.date().unwrap_or_else(|| self.now.day_in(zone));
                let until = until.parse().unwrap_or(from);
                let last = until.min(from + TimeDelta::days(EXCUSED_DAYS_MAX - 1));
                for on in from.iter_days().take_while(|on| *on <= last) {
                    self.add_visit(&place.grid, FixDay::On(on), key(VisitHow::Excused), at)?;
                }
            }
        }
        self.tracks.push(TrackRow {
            name,
            kind: TrackKind::Visit,
            install: sender.install,
            person: sender.person.clone(),
            place: None,
            received_at: self.now,
            seq: self.feed.head,
            body: self.ledger.keys.master.seal(CONTEXT, &name, bytes),
        });
        Ok(ItemResult::Stored)
    }

    /// Notes the key places at which an accepted report was handed in.
    pub(crate) fn visit_by_report(
        &mut self,
        report: ReportId,
        claim: &PlaceClaim,
        at: &DeviceTime,
    ) -> Result<(), ServiceError> {
        let is_usable = !matches!(claim.quality(), Quality::Bad | Quality::Unknown)
            && !claim.is_mock
            && !claim.is_stale();
        let Some(position) = MicroPosition::of(claim.position).ok().filter(|_| is_usable) else {
            return Ok(());
        };
        let directory = std::sync::Arc::clone(&self.directory);
        let zone = directory.policy(&self.feed.unit, self.now).zone;
        let (at, day) = day_of(at, self.now, zone);
        for place in directory.key_places(self.now) {
            if key_place::is_near(place, position)
                && directory.is_within(&place.grid, &self.feed.unit, self.now)
            {
                let key = VisitKey {
                    place: place.id.clone(),
                    how: VisitHow::Report,
                    by: *report.as_bytes(),
                };
                self.add_visit(&place.grid, day, key, at)?;
            }
        }
        Ok(())
    }
}

/// The best instant of an act, and the civil day that it counts for.
fn day_of(at: &DeviceTime, now: Timestamp, zone: chrono_tz::Tz) -> (Timestamp, FixDay) {
    let judged = at.judge();
    let day = match judged.quality {
        TimeQuality::Unverified => FixDay::Unknown,
        _ => FixDay::On(judged.at.day_in(zone)),
    };
    (judged.at, believable(day, now, zone))
}

/// The days on which a segment has fixes; of one without any, the day on which it began.
fn days_of(
    segment: &Segment,
    directory: &Directory,
    township: &UnitId,
    now: Timestamp,
) -> std::collections::BTreeSet<FixDay> {
    let zone = directory.policy(township, now).zone;
    let header = &segment.header;
    let begun = match header.clock {
        FixClock::Unknown => FixDay::Unknown,
        _ => FixDay::On(header.begun_at.day_in(zone)),
    };
    let fixes = segment.fixes.iter().map(|fix: &Fix| fix.day_in(zone));
    let days = fixes.chain(segment.fixes.is_empty().then_some(begun));
    days.map(|day| believable(day, now, zone)).collect()
}

/// The key places of a township that the segment may have come near.
fn places_near(directory: &Directory, township: &UnitId, segment: &Segment, now: Timestamp) -> Vec<KeyPlace> {
    let lats = || segment.fixes.iter().map(|fix| fix.position.lat_e6);
    let lons = || segment.fixes.iter().map(|fix| fix.position.lon_e6);
    let (Some(south), Some(north), Some(west), Some(east)) =
        (lats().min(), lats().max(), lons().min(), lons().max())
    else {
        return Vec::new();
    };
    let micro = |degrees: f64| degrees * 1e6;
    let [south, north] = [south - PLACE_MARGIN_E6, north + PLACE_MARGIN_E6].map(f64::from);
    let [west, east] = [west - PLACE_MARGIN_E6, east + PLACE_MARGIN_E6].map(f64::from);
    let meets = |place: &&KeyPlace| {
        let mut bounds = [place.lon_deg, place.lat_deg, place.lon_deg, place.lat_deg];
        for [lon, lat] in place.outline.iter().flatten().flatten().flatten() {
            bounds = [
                bounds[0].min(*lon),
                bounds[1].min(*lat),
                bounds[2].max(*lon),
                bounds[3].max(*lat),
            ];
        }
        let [low_lon, low_lat, high_lon, high_lat] = bounds.map(micro);
        low_lon <= east && high_lon >= west && low_lat <= north && high_lat >= south
    };
    let last = segment.fixes.last().map_or(now, |fix| fix.at);
    // Places stand as the directory has them on the day of the walk, as it was known on receipt.
    let zone = directory.policy(township, now).zone;
    let at = day_end(last.min(now).day_in(zone), zone).min(now);
    let here = |place: &&KeyPlace| directory.is_within(&place.grid, township, at);
    directory
        .key_places(at)
        .filter(meets)
        .filter(here)
        .cloned()
        .collect()
}

fn clock_number(clock: FixClock) -> u8 {
    match clock {
        FixClock::Satellite => 0,
        FixClock::Estimated => 1,
        FixClock::Unknown => 2,
    }
}

fn place_of(header: &SegmentHeader) -> SegmentPlace {
    SegmentPlace {
        patrol: header.patrol,
        number: header.index,
        begun_at: header.begun_at,
        closed_at: header.closed_at,
        clock: clock_number(header.clock),
        boot: header.boot,
    }
}

/// What a held segment says of its place in the patrol; grids and kind do not matter for that.
fn header_of(row: &TrackRow) -> Option<SegmentHeader> {
    let place = row.place?;
    Some(SegmentHeader {
        patrol: PatrolId::from_bytes(*place.patrol.as_bytes()),
        install: row.install,
        person: row.person.clone(),
        grids: Vec::new(),
        kind: PatrolKind::Routine,
        order: None,
        index: place.number,
        boot: place.boot,
        begun_monotonic_ms: 0,
        begun_at: place.begun_at,
        closed_at: place.closed_at,
        clock: match place.clock {
            0 => FixClock::Satellite,
            1 => FixClock::Estimated,
            _ => FixClock::Unknown,
        },
    })
}
