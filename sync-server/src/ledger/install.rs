//! What an install's row says: its actors, tags and feeds.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use xunge_core::id::{ActorId, PersonId, UnitId};

use super::{Ledger, meta, number};
use crate::ServiceError;
use crate::store::{InstallRow, ReadTx, WriteTx};

/// An actor with the tag in the codes that it makes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Allotted {
    pub(crate) actor: ActorId,
    pub(crate) tag: String,
    /// Whether its numbers were taken by other content, so that it must not write any more.
    #[serde(default)]
    pub(crate) is_worn: bool,
}

/// The actors of an install, the one in use first.
pub(crate) fn actors(install: &InstallRow) -> Result<Vec<Allotted>, ServiceError> {
    serde_json::from_str(&install.actors)
        .map_err(|_| ServiceError::Damaged(format!("the actors of install {}", install.install)))
}

/// The feeds that an install ever followed.
pub(crate) fn feeds(install: &InstallRow) -> Result<BTreeSet<UnitId>, ServiceError> {
    serde_json::from_str(&install.feeds)
        .map_err(|_| ServiceError::Damaged(format!("the feeds of install {}", install.install)))
}

pub(crate) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("lists of codes are JSON")
}

/// The actors of all installs of a person.
pub(crate) fn actors_of(tx: &mut dyn ReadTx, person: &PersonId) -> Result<BTreeSet<ActorId>, ServiceError> {
    let mut all = BTreeSet::new();
    for install in tx.installs(Some(person))? {
        all.extend(actors(&install)?.into_iter().map(|a| a.actor));
    }
    Ok(all)
}

impl Ledger {
    /// Allots an actor with a tag that no other install has.
    pub(crate) fn allot(&self, tx: &mut dyn WriteTx) -> Result<Allotted, ServiceError> {
        let next = number(tx.meta_to_change(meta::TAGS)?);
        tx.meta_put(meta::TAGS, &(next + 1).to_be_bytes())?;
        let tag = xunge_core::code::Tag::nth(u32::try_from(next % u64::from(u32::MAX)).unwrap_or(0));
        Ok(Allotted {
            actor: self.draw(ActorId::random),
            tag: tag.as_str().to_owned(),
            is_worn: false,
        })
    }

    /// The actor that an install takes in place of one whose numbers are taken: the one in use, if it has moved on already, else the next.
    pub(crate) fn rotate(
        &self,
        tx: &mut dyn WriteTx,
        install: &mut InstallRow,
        worn: ActorId,
    ) -> Result<Allotted, ServiceError> {
        let mut actors = actors(install)?;
        if let Some(first) = actors.first()
            && first.actor != worn
        {
            return Ok(first.clone());
        }
        if let Some(first) = actors.first_mut() {
            first.is_worn = true;
        }
        let next = match actors.iter().position(|a| !a.is_worn) {
            Some(spare) => actors.remove(spare),
            None => self.allot(tx)?,
        };
        actors.insert(0, next.clone());
        install.actors = json(&actors);
        tx.install_update(install)?;
        Ok(next)
    }
}
