//! 交接班: who leaves the room's desk tells who comes what is open; who comes says that he took over. Kept sealed, since notes name people.

use serde::{Deserialize, Serialize};
use xunge_core::directory::Role;
use xunge_core::id::{PersonId, UnitId};
use xunge_core::time::Timestamp;

use super::{Caller, Service};
use crate::ServiceError;

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
        let sealed = self.ledger.read(|tx| Ok(tx.meta(&key(feed))?))?;
        let Some(sealed) = sealed else {
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
        let mut all = self.handovers(caller, feed)?;
        let (directory, now) = (self.directory()?, self.now());
        let is_there = |person: &PersonId| directory.room_of(feed, now).iter().any(|p| p.person == *person);
        if given.to == given.from || !is_there(&given.to) || given.note.chars().count() > NOTE_CHARS_MAX {
            return Err(ServiceError::BadRequest(
                "somebody else of the room takes over".into(),
            ));
        }
        if all.iter().any(|held| held.id == given.id) {
            return Ok(());
        }
        let detail = format!("handed {} open matters to {}", given.open, given.to);
        all.insert(0, given);
        all.truncate(KEPT);
        self.handovers_put(caller, feed, &all, &detail)
    }

    /// Takes over what was handed to the caller; once is enough.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where nothing of that name was handed to him.
    pub fn take_over(&self, caller: &Caller, feed: &UnitId, id: &str) -> Result<(), ServiceError> {
        let mut all = self.handovers(caller, feed)?;
        let now = self.now();
        let held = all
            .iter_mut()
            .find(|held| held.id == id && Some(&held.to) == caller.person());
        let held = held.ok_or(ServiceError::NotFound("hand-over"))?;
        if held.taken_at.is_some() {
            return Ok(());
        }
        held.taken_at = Some(now);
        let detail = format!("took over from {}", held.from);
        self.handovers_put(caller, feed, &all, &detail)
    }

    fn handovers_put(
        &self,
        caller: &Caller,
        feed: &UnitId,
        all: &[Handover],
        detail: &str,
    ) -> Result<(), ServiceError> {
        let now = self.now();
        let plain = serde_json::to_vec(all).expect("hand-overs are JSON");
        let master = &self.ledger.keys.master;
        let sealed = master.seal("handover", feed.as_str().as_bytes(), &plain);
        self.ledger.write(None, |tx| {
            tx.meta_put(&key(feed), &sealed)?;
            let feed = tx.feed(feed)?.ok_or(ServiceError::NotFound("feed"))?;
            crate::ledger::audit::note(tx, feed.no, now, &caller.audit_name(), "handover", detail)?;
            Ok(())
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
