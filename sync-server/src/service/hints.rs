//! What this node tells the others on its database, and what it does with what they tell.

use std::sync::{Arc, Weak};

use xunge_core::id::PersonId;
use xunge_core::place::Position;
use xunge_core::time::Timestamp;

use super::Service;
use super::presence::Presence;
use crate::ServiceError;
use crate::ledger::hint::Hint;
use crate::ledger::{Ledger, locked};
use crate::store::ReportNo;

/// What is done with a try of another node: the bound's name, the hash of the name under which it counts, and when; `None` for when
/// the tries under the name are forgotten.
pub(crate) type HearTry = dyn Fn(&str, &str, Option<Timestamp>) + Send + Sync;

/// Whom tries are told.
pub(super) type Tries = std::sync::OnceLock<Arc<HearTry>>;

impl Service {
    /// Listens from now on. Where there is one node only, nothing is ever heard.
    pub(super) fn listen(&self) -> Result<(), ServiceError> {
        let ledger: Weak<Ledger> = Arc::downgrade(&self.ledger);
        let (presence, tries) = (Arc::clone(&self.presence), Arc::clone(&self.tries));
        self.ledger.store.listen(Arc::new(move |text: &str| {
            // The store may outlive its ledger by a moment.
            if let Some(ledger) = ledger.upgrade() {
                hear(&ledger, &presence, &tries, text);
            }
        }))?;
        Ok(())
    }

    /// Lets tries that other nodes count be heard.
    pub(crate) fn hear_tries(&self, hear: Arc<HearTry>) {
        // The first who asks is the one edge that this service has.
        drop(self.tries.set(hear));
    }

    /// Tells the other nodes of a try.
    pub(crate) fn tell_try(&self, bound: &str, name: &str, at: Option<Timestamp>) {
        self.ledger.tell(&Hint::Tried {
            bound: bound.to_owned(),
            name: name.to_owned(),
            at,
        });
    }
}

fn hear(ledger: &Ledger, presence: &Presence, tries: &Tries, text: &str) {
    if text.is_empty() {
        return ledger.wakers.wake_all();
    }
    // A newer node may tell what this one does not know.
    let Ok(hint) = serde_json::from_str(text) else {
        return;
    };
    match hint {
        Hint::Grew { feed, head } => ledger.wakers.wake(&feed, head),
        Hint::Erased { report } => ledger.forget(ReportNo(report)),
        Hint::Opened { report, person, at } => presence.hear(report, person, at),
        Hint::Closed { report, person } => {
            presence.let_go(&report, &person);
        }
        Hint::Heard { sealed } => {
            let heard = hex::decode(sealed).ok();
            let plain = heard.and_then(|bytes| ledger.keys.master.open(CONTEXT, &[], &bytes).ok());
            if let Some((person, at, position)) = plain.and_then(|p| serde_json::from_slice(&p).ok()) {
                ledger.note_heard(person, at, position);
            }
        }
        Hint::Tried { bound, name, at } => {
            if let Some(hear) = tries.get() {
                hear(&bound, &name, at);
            }
        }
    }
}

/// Under which positions are sealed on their way.
const CONTEXT: &str = "whereabouts";

/// How long somebody's whereabouts are kept, in ms.
const KEPT_MS: i64 = 2 * crate::ledger::track::FRESH_MS;

impl Ledger {
    /// Tells the other nodes.
    pub(crate) fn tell(&self, hint: &Hint) {
        self.store
            .tell(serde_json::to_string(hint).expect("a hint is plain data"));
    }

    /// Notes where somebody on patrol was heard of, here and on the other nodes.
    pub(crate) fn note_whereabouts(&self, person: PersonId, at: Timestamp, position: Position) {
        let plain = serde_json::to_vec(&(&person, at, position)).expect("plain data");
        let sealed = self.keys.master.seal(CONTEXT, &[], &plain);
        self.tell(&Hint::Heard {
            sealed: hex::encode(sealed),
        });
        self.note_heard(person, at, position);
    }

    fn note_heard(&self, person: PersonId, at: Timestamp, position: Position) {
        let mut known = locked(&self.whereabouts);
        known.insert(person, (at, position));
        known.retain(|_, (held, _)| at.ms_since(*held) <= KEPT_MS);
    }
}
