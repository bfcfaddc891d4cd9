//! Changes of documents at the gate, tracks, visits and wire messages: what is taken must read again as it was.

use rand::rngs::StdRng;
use xunge_core::document::Document;
use xunge_core::document::gate::{Snapshot, Verdict, check_incoming};
use xunge_core::id::{InstallId, ReportId};
use xunge_core::key_place::{VisitClaim, VisitKind, VisitRecord};
use xunge_core::patrol::Segment;
use xunge_core::sync::codec::{self, Encoding};
use xunge_core::sync::message::{Item, SyncAnswer, SyncRequest};
use xunge_core::time::DeviceTime;

use super::heard::PLAIN_BYTES_MAX;
use super::{Heard, Taken, Target, alter};
use crate::township::person_id;
use crate::world::MORNING;

pub(super) fn targets(heard: &Heard) -> Vec<Box<dyn Target>> {
    vec![
        Box::new(Gate::new(heard)),
        Box::new(Requests(heard.requests().iter().map(plain).collect())),
        Box::new(Replies(heard.answers().iter().map(plain).collect())),
        Box::new(Tracks(heard.items(|item| match item {
            Item::Track { bytes } => Some(bytes.to_vec()),
            _ => None,
        }))),
        Box::new(Visits(visits().iter().map(VisitRecord::encode).collect())),
    ]
}

pub(super) fn plain<T: minicbor::Encode<()>>(message: &T) -> Vec<u8> {
    minicbor::to_vec(message).expect("encoding to memory cannot fail")
}

/// A check-up with a position, and an excuse.
fn visits() -> [VisitRecord; 2] {
    let record = |kind, claim| VisitRecord {
        place: "KP-1".to_owned(),
        person: person_id("w01"),
        install: InstallId::from_bytes([3; 16]),
        at: DeviceTime {
            wall_at: MORNING,
            monotonic_ms: 5_000,
            boot: 1,
            server_offset_ms: Some(20),
            server_offset_age_ms: Some(900),
        },
        claim,
        kind,
    };
    let claim = VisitClaim {
        lat_e6: 30_250_000,
        lon_e6: 120_100_000,
        accuracy_m: Some(8),
        is_mock: false,
        age_ms: 300,
    };
    let check_up = VisitKind::CheckUp {
        all_right: true,
        text: "灭火器在位".to_owned(),
    };
    let excused = VisitKind::Excused {
        reason: "the road is closed".to_owned(),
        until: "2026-03-10".to_owned(),
    };
    [record(check_up, Some(claim)), record(excused, None)]
}

/// Changes with repaired checksums upon the document to which they belong.
struct Gate {
    examples: Vec<Vec<u8>>,
    report: ReportId,
    base: Snapshot,
    turn: u64,
}

impl Gate {
    fn new(heard: &Heard) -> Self {
        let report = heard.reports[0];
        let changes = heard.changes_of(&report);
        let slices: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
        let prepared = check_incoming(report, None, &slices).expect("there is no base to be wrong");
        Self {
            base: prepared.snapshot.expect("honest changes make a document"),
            examples: changes,
            report,
            turn: 0,
        }
    }
}

impl Target for Gate {
    fn name(&self) -> &'static str {
        "gate"
    }

    fn examples(&self) -> &[Vec<u8>] {
        &self.examples
    }

    fn alter(&self, example: &[u8], rng: &mut StdRng) -> Vec<u8> {
        alter::damage_change(example, rng)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String> {
        self.turn += 1;
        let upon = (!self.turn.is_multiple_of(3)).then_some(&self.base);
        let prepared = check_incoming(self.report, upon, &[bytes]).map_err(|e| e.to_string())?;
        let Verdict::Accepted { hash } = &prepared.verdicts[0] else {
            return Ok(Taken::Refused);
        };
        let snapshot = prepared.snapshot.ok_or("taken without a document")?;
        let again =
            Document::load(&snapshot.bytes).map_err(|e| format!("what was taken does not load: {e}"))?;
        again
            .content()
            .map_err(|e| format!("what was taken does not read: {e}"))?;
        let kept = again.changes().into_iter().find(|change| change.hash == *hash);
        if again.heads() != snapshot.heads || kept.is_none_or(|change| change.bytes != bytes) {
            return Err("what was taken is not what was sent".to_owned());
        }
        Ok(Taken::Accepted)
    }
}

/// Messages of the wire: decoded, encoded and decoded again they are the same.
fn round_trip<T>(bytes: &[u8]) -> Result<Taken, String>
where
    T: minicbor::Encode<()> + for<'b> minicbor::Decode<'b, ()> + PartialEq,
{
    let Ok(message) = codec::unpack::<T>(bytes, Encoding::Plain, PLAIN_BYTES_MAX) else {
        return Ok(Taken::Refused);
    };
    let again = codec::unpack::<T>(&plain(&message), Encoding::Plain, 2 * PLAIN_BYTES_MAX);
    match again {
        Ok(again) if again == message => Ok(Taken::Accepted),
        Ok(_) => Err("it reads otherwise after being written".to_owned()),
        Err(error) => Err(format!("it does not read after being written: {error}")),
    }
}

struct Requests(Vec<Vec<u8>>);

impl Target for Requests {
    fn name(&self) -> &'static str {
        "sync_request"
    }

    fn examples(&self) -> &[Vec<u8>] {
        &self.0
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String> {
        // As it may come compressed, too.
        for encoding in [Encoding::Deflate, Encoding::Brotli] {
            drop(codec::unpack::<SyncRequest>(bytes, encoding, PLAIN_BYTES_MAX));
        }
        round_trip::<SyncRequest>(bytes)
    }
}

struct Replies(Vec<Vec<u8>>);

impl Target for Replies {
    fn name(&self) -> &'static str {
        "sync_answer"
    }

    fn examples(&self) -> &[Vec<u8>] {
        &self.0
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String> {
        round_trip::<SyncAnswer>(bytes)
    }
}

struct Tracks(Vec<Vec<u8>>);

impl Target for Tracks {
    fn name(&self) -> &'static str {
        "track"
    }

    fn examples(&self) -> &[Vec<u8>] {
        &self.0
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String> {
        let Ok(segment) = Segment::decode(bytes) else {
            return Ok(Taken::Refused);
        };
        match segment.encode() {
            Ok((_, again)) if again == bytes => Ok(Taken::Accepted),
            Ok(_) => Err("a second spelling of a track was taken".to_owned()),
            Err(error) => Err(format!("what was taken cannot be written: {error}")),
        }
    }
}

struct Visits(Vec<Vec<u8>>);

impl Target for Visits {
    fn name(&self) -> &'static str {
        "visit"
    }

    fn examples(&self) -> &[Vec<u8>] {
        &self.0
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String> {
        let Ok(record) = VisitRecord::decode(bytes) else {
            return Ok(Taken::Refused);
        };
        match VisitRecord::decode(&record.encode()) {
            Ok(again) if again == record => Ok(Taken::Accepted),
            _ => Err("it reads otherwise after being written".to_owned()),
        }
    }
}
