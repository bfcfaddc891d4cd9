//! 交接班: who leaves the room's desk tells who comes what is open; who comes says that he took over. Kept sealed, since notes name people.

use serde::{Deserialize, Serialize};
use xunge_core::directory::Role;
use xunge_core::id::{PersonId, UnitId};
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;
use crate::store::ReadTx;

/// Hand-overs of one township that are kept.
const KEPT: usize = 60;

/// The longest note in characters.
const NOTE_CHARS_MAX: usize = 2_000;

/// One hand-over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Handover {
    /// Names it.
    pub id: String,
    /// Who leaves.
    pub from: PersonId,
    /// Who comes.
    pub to: PersonId,
    /// When it was said.
    pub at: Timestamp,
    /// What to know.
    pub note: String,
    /// Open matters in the room's hands then.
    pub open: u64,
    /// Of these, late ones.
    pub late: u64,
    /// When it was taken over.
    pub taken_at: Option<Timestamp>,
}

fn key(feed: &UnitId) -> String {
    format!("handover.{feed}")
}

impl Service {
    /// The hand-overs of a township's room, newest first.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for who is not of that room.
    pub fn handovers(&self, caller: &Caller, feed: &UnitId) -> Result<Vec<Handover>, ServiceError> {
        self.check_room(caller, feed)?;
        self.ledger.read(|tx| self.handovers_in(tx, feed))
    }

    fn handovers_in(&self, tx: &mut dyn ReadTx, feed: &UnitId) -> Result<Vec<Handover>, ServiceError> {
        let Some(sealed) = tx.meta(&key(feed))? else {
            return Ok(Vec::new());
        };
        let damaged = || ServiceError::Damaged(format!("hand-overs of {feed}"));
        let master = &self.ledger.keys.master;
        let plain = master
            .open("handover", feed.as_str().as_bytes(), &sealed)
            .map_err(|_| damaged())?;
        serde_json::from_slice(&plain).map_err(|_| damaged())
    }

    /// Hands over; the same name again changes nothing. Recorded without the note.
    ///
    /// # Errors
    /// [`ServiceError::BadRequest`] where the other one is not of the room or the note is too long.
    pub fn hand_over(&self, caller: &Caller, feed: &UnitId, given: Handover) -> Result<(), ServiceError> {
        self.check_room(caller, feed)?;
        let (directory, now) = (self.directory()?, self.now());
        let is_there = |person: &PersonId| directory.room_of(feed, now).iter().any(|p| p.person == *person);
        if given.to == given.from || !is_there(&given.to) || given.note.chars().count() > NOTE_CHARS_MAX {
            return Err(ServiceError::BadRequest(
                "somebody else of the room takes over".into(),
            ));
        }
        self.change_handovers(caller, feed, |all| {
            if all.iter().any(|held| held.id == given.id) {
                return Ok(None);
            }
            all.insert(0, given.clone());
            all.truncate(KEPT);
            Ok(Some(format!(
                "handed {} open matters to {}",
                given.open, given.to
            )))
        })
    }

    /// Takes over what was handed to the caller; once is enough.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where nothing of that name was handed to him.
    pub fn take_over(&self, caller: &Caller, feed: &UnitId, id: &str) -> Result<(), ServiceError> {
        self.check_room(caller, feed)?;
        let now = self.now();
        self.change_handovers(caller, feed, |all| {
            let his = |held: &&mut Handover| held.id == id && Some(&held.to) == caller.person();
            let held = all.iter_mut().find(his);
            let held = held.ok_or(ServiceError::NotFound("hand-over"))?;
            if held.taken_at.is_some() {
                return Ok(None);
            }
            held.taken_at = Some(now);
            Ok(Some(format!("took over from {}", held.from)))
        })
    }

    /// Changes the list under the township's lock, and records it where the change says what to record: two may change it at once.
    fn change_handovers(
        &self,
        caller: &Caller,
        feed: &UnitId,
        mut change: impl FnMut(&mut Vec<Handover>) -> Result<Option<String>, ServiceError>,
    ) -> Result<(), ServiceError> {
        let now = self.now();
        let held = self.ledger.read(|tx| Ok(tx.feed(feed)?))?;
        let number = held.ok_or(ServiceError::NotFound("feed"))?.no;
        self.ledger.write(Some(number), |tx| {
            let mut all = self.handovers_in(tx, feed)?;
            let Some(detail) = change(&mut all)? else {
                return Ok(());
            };
            let plain = serde_json::to_vec(&all).expect("hand-overs are JSON");
            let master = &self.ledger.keys.master;
            let sealed = master.seal("handover", feed.as_str().as_bytes(), &plain);
            tx.meta_put(&key(feed), &sealed)?;
            let by = caller.audit_name();
            Ok(crate::ledger::audit::note(
                tx, number, now, &by, "handover", &detail,
            )?)
        })
    }

    fn check_room(&self, caller: &Caller, feed: &UnitId) -> Result<(), ServiceError> {
        let (directory, now) = (self.directory()?, self.now());
        let person = caller.person();
        let is_of_room = person.is_some_and(|person| {
            let posts = directory.posts_of(person, now);
            posts
                .iter()
                .any(|post| post.unit == *feed && Role::is_room(post.role))
        });
        match is_of_room {
            true => Ok(()),
            false => Err(ServiceError::Forbidden("the room hands over")),
        }
    }
}
