//! Imports that were checked and wait for the press that writes them: in the database, so that any node can write them.

use serde::{Deserialize, Serialize};
use xunge_core::directory::DirectoryRecord;
use xunge_core::time::Timestamp;

use super::{DirectoryChange, Service};
use crate::ServiceError;

/// For how long a checked file waits to be written, in ms.
const KEPT_MS: i64 = 30 * 60_000;

/// The last checked file of one account.
#[derive(Serialize, Deserialize)]
struct Checked {
    token: String,
    at: Timestamp,
    changes: Vec<(DirectoryRecord, Timestamp, Option<Timestamp>)>,
}

fn key(account: &str) -> String {
    format!("import.{account}")
}

/// Under which it is sealed.
const CONTEXT: &str = "checked import";

impl Service {
    /// Keeps what an account would import under a name, in place of what it had kept.
    pub fn checked_keep(
        &self,
        account: &str,
        token: &str,
        changes: Vec<DirectoryChange>,
    ) -> Result<(), ServiceError> {
        let of = |change: DirectoryChange| (change.record, change.valid_from, change.valid_to);
        let checked = Checked {
            token: token.to_owned(),
            at: self.now(),
            changes: changes.into_iter().map(of).collect(),
        };
        let plain = serde_json::to_vec(&checked).expect("records are JSON");
        let sealed = self.ledger.keys.master.seal(CONTEXT, account.as_bytes(), &plain);
        self.ledger
            .write_beside(|tx| Ok(tx.meta_put(&key(account), &sealed)?))
    }

    /// Takes what an account kept under this name; `None` where it kept something else since, or it waited too long. Gives it once.
    pub fn checked_take(
        &self,
        account: &str,
        token: &str,
    ) -> Result<Option<Vec<DirectoryChange>>, ServiceError> {
        let now = self.now();
        self.ledger.write_beside(|tx| {
            let Some(sealed) = tx.meta_to_change(&key(account))? else {
                return Ok(None);
            };
            let plain = self
                .ledger
                .keys
                .master
                .open(CONTEXT, account.as_bytes(), &sealed)
                .ok();
            // What an older version kept is checked once more.
            let checked = plain.and_then(|plain| serde_json::from_slice::<Checked>(&plain).ok());
            let is_this = |checked: &Checked| checked.token == token;
            let Some(checked) = checked.filter(is_this) else {
                return Ok(None);
            };
            tx.meta_drop(&key(account))?;
            if now.ms_since(checked.at) >= KEPT_MS {
                return Ok(None);
            }
            let change = |(record, valid_from, valid_to)| DirectoryChange {
                record,
                valid_from,
                valid_to,
            };
            Ok(Some(checked.changes.into_iter().map(change).collect()))
        })
    }
}
