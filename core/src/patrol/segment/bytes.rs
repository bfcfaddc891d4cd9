//! The bytes of a segment.
//!
//! `T`, version byte, header, lead, drops, then the fixes: each a byte that says which readings follow, the second difference of its
//! time, the differences of latitude and longitude, and the readings that changed. About six bytes a fix on a walk at one fix in 5 s.
//!
//! Numbers are varints (zigzag where they may be negative), instants tenths of a second, missing readings 0 with all others moved up by 1.

use super::{
    CloseCause, GRIDS_MAX, Lead, ORDER_BYTES_MAX, SEGMENT_FIXES_MAX, Segment, SegmentError, SegmentHeader,
};
use crate::id::{InstallId, PatrolId, PersonId, UnitId};
use crate::patrol::filter::{DropCounts, DropReason};
use crate::patrol::fix::{Fix, FixClock, GapCause};
use crate::patrol::machine::PatrolKind;
use crate::place::{MicroPosition, Provider};
use crate::time::Timestamp;
use crate::varint::{Reader, put_bytes, put_i64, put_u64};

const MAGIC: u8 = b'T';
const VERSION: u8 = 1;

const HAS_TIME: u8 = 1;
const HAS_ACCURACY: u8 = 2;
const HAS_SPEED: u8 = 4;
const HAS_BEARING: u8 = 8;
const HAS_REST: u8 = 16;

/// The kinds of enumerations by their numbers on the wire. A new one goes to the end.
const CLOCKS: [FixClock; 3] = [FixClock::Satellite, FixClock::Estimated, FixClock::Unknown];
const GAPS: [GapCause; 6] = [
    GapCause::Paused,
    GapCause::Killed,
    GapCause::Reboot,
    GapCause::NoSignal,
    GapCause::LocationOff,
    GapCause::PoorReception,
];
const KINDS: [PatrolKind; 3] = [PatrolKind::Routine, PatrolKind::OnOrder, PatrolKind::Emergency];
const CLOSES: [CloseCause; 5] = [
    CloseCause::Full,
    CloseCause::Paused,
    CloseCause::Ended,
    CloseCause::Interrupted,
    CloseCause::Changed,
];
const PROVIDERS: [Provider; 5] = [
    Provider::Satellite,
    Provider::Network,
    Provider::Fused,
    Provider::Hand,
    Provider::Picture,
];

pub(super) fn write(segment: &Segment) -> Vec<u8> {
    let mut out = Vec::with_capacity(128 + segment.fixes.len() * 8);
    out.extend_from_slice(&[MAGIC, VERSION]);
    write_header(&mut out, &segment.header);
    out.push(number_of(&CLOSES, segment.closed));
    let begun_at = segment.header.begun_at;
    match &segment.lead {
        None => out.push(0),
        Some(lead) => {
            out.push(1 + 2 * u8::from(lead.is_mock) + 4 * number_of(&CLOCKS, lead.clock));
            put_i64(&mut out, tenths(lead.at) - tenths(begun_at));
            put_position(&mut out, Values::START, lead.position);
            put_u64(&mut out, some(lead.accuracy_m));
        }
    }
    put_u64(&mut out, segment.dropped.iter().count() as u64);
    for (reason, count) in segment.dropped.iter() {
        out.push(number_of(&DropReason::ALL, reason));
        put_u64(&mut out, u64::from(count));
    }
    put_u64(&mut out, segment.fixes.len() as u64);
    let mut values = Values::before(segment.lead.as_ref(), begun_at);
    for fix in &segment.fixes {
        values = write_fix(&mut out, &values, fix);
    }
    out
}

fn write_header(out: &mut Vec<u8>, header: &SegmentHeader) {
    out.extend_from_slice(header.patrol.as_bytes());
    out.extend_from_slice(header.install.as_bytes());
    put_bytes(out, header.person.as_str().as_bytes());
    put_u64(out, header.grids.len() as u64);
    for grid in &header.grids {
        put_bytes(out, grid.as_str().as_bytes());
    }
    out.push(number_of(&KINDS, header.kind));
    put_bytes(out, header.order.as_deref().unwrap_or_default().as_bytes());
    put_u64(out, u64::from(header.index));
    out.extend_from_slice(&header.boot.to_le_bytes());
    put_i64(out, header.begun_monotonic_ms);
    put_i64(out, tenths(header.begun_at));
    put_i64(out, tenths(header.closed_at) - tenths(header.begun_at));
    out.push(number_of(&CLOCKS, header.clock));
}

/// The readings of the fix before, from which the next one differs.
#[derive(Clone, Copy, Debug)]
struct Values {
    at: i64,
    step: i64,
    position: MicroPosition,
    accuracy: u64,
    speed: u64,
    bearing: u64,
    rest: (u8, u8),
}

impl Values {
    const START: MicroPosition = MicroPosition { lat_e6: 0, lon_e6: 0 };

    fn before(lead: Option<&Lead>, begun_at: Timestamp) -> Self {
        Self {
            at: tenths(begun_at),
            step: 0,
            position: lead.map_or(Self::START, |lead| lead.position),
            accuracy: 0,
            speed: 0,
            bearing: 0,
            rest: (0, 0),
        }
    }

    fn of(fix: &Fix, before: &Self) -> Self {
        let provider = number_of(&PROVIDERS, fix.provider);
        let clock = number_of(&CLOCKS, fix.clock);
        Self {
            at: tenths(fix.at),
            step: tenths(fix.at) - before.at,
            position: fix.position,
            accuracy: some(fix.accuracy_m),
            speed: some(fix.speed_dmps),
            bearing: some(fix.bearing_deg.map(|deg| deg / 2)),
            rest: (
                provider | clock << 3 | u8::from(fix.is_mock) << 5,
                fix.battery_percent.map_or(0, |percent| percent.saturating_add(1)),
            ),
        }
    }
}

fn write_fix(out: &mut Vec<u8>, before: &Values, fix: &Fix) -> Values {
    let now = Values::of(fix, before);
    let mut has = 0;
    has |= if now.step == before.step { 0 } else { HAS_TIME };
    has |= if now.accuracy == before.accuracy {
        0
    } else {
        HAS_ACCURACY
    };
    has |= if now.speed == before.speed { 0 } else { HAS_SPEED };
    has |= if now.bearing == before.bearing {
        0
    } else {
        HAS_BEARING
    };
    let has_rest = now.rest != before.rest || fix.gap_before.is_some();
    has |= if has_rest { HAS_REST } else { 0 };
    out.push(has);
    if has & HAS_TIME != 0 {
        put_i64(out, now.step - before.step);
    }
    put_position(out, before.position, now.position);
    if has & HAS_ACCURACY != 0 {
        put_i64(out, now.accuracy.cast_signed() - before.accuracy.cast_signed());
    }
    if has & HAS_SPEED != 0 {
        put_i64(out, now.speed.cast_signed() - before.speed.cast_signed());
    }
    if has & HAS_BEARING != 0 {
        put_u64(out, now.bearing);
    }
    if has_rest {
        let gap = fix.gap_before.map_or(0, |cause| number_of(&GAPS, cause) + 1);
        out.extend_from_slice(&[now.rest.0, now.rest.1, gap]);
    }
    now
}

pub(super) fn read(bytes: &[u8]) -> Result<Segment, SegmentError> {
    let mut reader = Reader::new(bytes);
    if reader.byte().map_err(|_| SegmentError::NotASegment)? != MAGIC {
        return Err(SegmentError::NotASegment);
    }
    match reader.byte()? {
        VERSION => {}
        version => return Err(SegmentError::UnknownVersion { version }),
    }
    let header = read_header(&mut reader)?;
    let closed = of_number(&CLOSES, reader.byte()?)?;
    let lead = read_lead(&mut reader, header.begun_at)?;
    let mut dropped = DropCounts::default();
    for _ in 0..count(&mut reader, DropReason::ALL.len())? {
        let reason = of_number(&DropReason::ALL, reader.byte()?)?;
        dropped.add_many(reason, narrow(reader.u64()?)?);
    }
    let fixes_count = count(&mut reader, SEGMENT_FIXES_MAX)?;
    let mut fixes = Vec::with_capacity(fixes_count);
    let mut values = Values::before(lead.as_ref(), header.begun_at);
    for index in 0..fixes_count {
        let fix;
        (fix, values) = read_fix(&mut reader, &values).map_err(|error| match error {
            SegmentError::OutOfRange { .. } => SegmentError::OutOfRange {
                index: u32::try_from(index).unwrap_or(u32::MAX),
            },
            other => other,
        })?;
        fixes.push(fix);
    }
    if !reader.is_done() {
        return Err(SegmentError::NotCanonical);
    }
    Ok(Segment {
        header,
        lead,
        fixes,
        dropped,
        closed,
    })
}

fn read_header(reader: &mut Reader<'_>) -> Result<SegmentHeader, SegmentError> {
    let patrol = PatrolId::from_bytes(reader.array()?);
    let install = InstallId::from_bytes(reader.array()?);
    let person = PersonId::new(text(reader, 40)?).map_err(|_| SegmentError::BadHeader)?;
    let grids = (0..count(reader, GRIDS_MAX)?)
        .map(|_| UnitId::new(text(reader, 40)?).map_err(|_| SegmentError::BadHeader))
        .collect::<Result<Vec<_>, _>>()?;
    let kind = of_number(&KINDS, reader.byte()?)?;
    let order = Some(text(reader, ORDER_BYTES_MAX)?).filter(|order| !order.is_empty());
    let index = narrow(reader.u64()?)?;
    let boot = u64::from_le_bytes(reader.array()?);
    let begun_monotonic_ms = reader.i64()?;
    let begun = reader.i64()?;
    let closed = begun.checked_add(reader.i64()?);
    Ok(SegmentHeader {
        patrol,
        install,
        person,
        grids,
        kind,
        order,
        index,
        boot,
        begun_monotonic_ms,
        begun_at: instant(begun)?,
        closed_at: instant(closed.ok_or(SegmentError::BadTime)?)?,
        clock: of_number(&CLOCKS, reader.byte()?)?,
    })
}

fn read_lead(reader: &mut Reader<'_>, begun_at: Timestamp) -> Result<Option<Lead>, SegmentError> {
    let flags = reader.byte()?;
    if flags == 0 {
        return Ok(None);
    }
    if flags & 1 == 0 {
        return Err(SegmentError::NotCanonical);
    }
    let at = tenths(begun_at).checked_add(reader.i64()?);
    Ok(Some(Lead {
        at: instant(at.ok_or(SegmentError::BadTime)?)?,
        clock: of_number(&CLOCKS, flags >> 2)?,
        position: read_position(reader, Values::START)?,
        accuracy_m: none_or(reader.u64()?)?,
        is_mock: flags & 2 != 0,
    }))
}

fn read_fix(reader: &mut Reader<'_>, before: &Values) -> Result<(Fix, Values), SegmentError> {
    let has = reader.byte()?;
    if has >= HAS_REST << 1 {
        return Err(SegmentError::NotCanonical);
    }
    let mut now = *before;
    if has & HAS_TIME != 0 {
        now.step = now.step.checked_add(reader.i64()?).ok_or(SegmentError::BadTime)?;
    }
    now.at = now.at.checked_add(now.step).ok_or(SegmentError::BadTime)?;
    now.position = read_position(reader, before.position)?;
    if has & HAS_ACCURACY != 0 {
        now.accuracy = moved(now.accuracy, reader.i64()?)?;
    }
    if has & HAS_SPEED != 0 {
        now.speed = moved(now.speed, reader.i64()?)?;
    }
    if has & HAS_BEARING != 0 {
        now.bearing = reader.u64()?;
    }
    let mut gap_before = None;
    if has & HAS_REST != 0 {
        let [packed, battery, gap] = reader.array()?;
        now.rest = (packed, battery);
        gap_before = match gap.checked_sub(1) {
            None => None,
            Some(number) => Some(of_number(&GAPS, number)?),
        };
    }
    let fix = Fix {
        at: instant(now.at)?,
        clock: of_number(&CLOCKS, now.rest.0 >> 3 & 3)?,
        position: now.position,
        accuracy_m: none_or(now.accuracy)?,
        speed_dmps: none_or(now.speed)?,
        bearing_deg: none_or(now.bearing)?
            .map(|half: u16| half.checked_mul(2).ok_or(OUT_OF_RANGE))
            .transpose()?,
        provider: of_number(&PROVIDERS, now.rest.0 & 7)?,
        is_mock: now.rest.0 >> 5 & 1 == 1,
        battery_percent: now.rest.1.checked_sub(1),
        gap_before,
    };
    Ok((fix, now))
}

/// The caller knows which fix it was.
const OUT_OF_RANGE: SegmentError = SegmentError::OutOfRange { index: 0 };

fn put_position(out: &mut Vec<u8>, before: MicroPosition, now: MicroPosition) {
    put_i64(out, i64::from(now.lat_e6) - i64::from(before.lat_e6));
    put_i64(out, i64::from(now.lon_e6) - i64::from(before.lon_e6));
}

fn read_position(reader: &mut Reader<'_>, before: MicroPosition) -> Result<MicroPosition, SegmentError> {
    let mut moved = |from: i32| {
        let to = i64::from(from).checked_add(reader.i64()?);
        to.and_then(|to| i32::try_from(to).ok()).ok_or(OUT_OF_RANGE)
    };
    Ok(MicroPosition {
        lat_e6: moved(before.lat_e6)?,
        lon_e6: moved(before.lon_e6)?,
    })
}

fn moved(value: u64, by: i64) -> Result<u64, SegmentError> {
    value.checked_add_signed(by).ok_or(OUT_OF_RANGE)
}

fn none_or(value: u64) -> Result<Option<u16>, SegmentError> {
    match value.checked_sub(1) {
        None => Ok(None),
        Some(value) => u16::try_from(value).map(Some).map_err(|_| OUT_OF_RANGE),
    }
}

fn some(value: Option<u16>) -> u64 {
    value.map_or(0, |value| u64::from(value) + 1)
}

fn tenths(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(100)
}

fn instant(tenths: i64) -> Result<Timestamp, SegmentError> {
    tenths
        .checked_mul(100)
        .map(Timestamp)
        .ok_or(SegmentError::BadTime)
}

fn text(reader: &mut Reader<'_>, bytes_max: usize) -> Result<String, SegmentError> {
    let bytes = reader.bytes(bytes_max)?.ok_or(SegmentError::BadHeader)?;
    String::from_utf8(bytes.to_vec()).map_err(|_| SegmentError::BadHeader)
}

fn count(reader: &mut Reader<'_>, max: usize) -> Result<usize, SegmentError> {
    match usize::try_from(reader.u64()?) {
        Ok(count) if count <= max => Ok(count),
        _ => Err(SegmentError::TooLarge),
    }
}

fn narrow(value: u64) -> Result<u32, SegmentError> {
    u32::try_from(value).map_err(|_| SegmentError::BadHeader)
}

fn number_of<T: PartialEq>(all: &[T], one: T) -> u8 {
    let place = all.iter().position(|other| *other == one);
    place
        .and_then(|place| u8::try_from(place).ok())
        .expect("every variant stands in its table, which a test holds")
}

fn of_number<T: Copy>(all: &[T], number: u8) -> Result<T, SegmentError> {
    all.get(usize::from(number))
        .copied()
        .ok_or(SegmentError::NotCanonical)
}
