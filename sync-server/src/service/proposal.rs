//! Changes of the directory that were checked and wait to be written: one for each account, kept sealed in the database, so that a restart
//! loses nothing and any node can write them, gone after a day. What is written is what was shown.

use serde::{Deserialize, Serialize};
use xunge_core::directory::DirectoryRow;
use xunge_core::time::Timestamp;

use super::{Caller, DirectoryApplied, DirectoryChange, Service};
use crate::ServiceError;

/// For how long checked changes wait, in ms: a day.
const KEPT_MS: i64 = 86_400_000;

/// Under which they are sealed.
const CONTEXT: &str = "proposal";

/// Changes that wait.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Proposal {
    /// Names this very proposal.
    pub token: String,
    /// When it was checked.
    pub made_at: Timestamp,
    /// What it is about, in the words of whoever made it.
    pub title: String,
    /// The page to go back to.
    pub back: String,
    /// The records with their dates, as rows of the directory.
    pub rows: Vec<DirectoryRow>,
    /// Records that stood in the directory already.
    pub unchanged: usize,
    /// Columns of a file that were passed over.
    pub passed_over: Vec<String>,
}

impl Proposal {
    /// The changes.
    ///
    /// # Errors
    /// [`ServiceError::Damaged`] where a row cannot be read.
    pub fn changes(&self) -> Result<Vec<DirectoryChange>, ServiceError> {
        let change = |row: &DirectoryRow| {
            let record = row
                .record()
                .map_err(|error| ServiceError::Damaged(error.to_string()))?;
            Ok(DirectoryChange {
                record,
                valid_from: row.valid_from,
                valid_to: row.valid_to,
            })
        };
        self.rows.iter().map(change).collect()
    }
}

fn key(caller: &Caller) -> Result<String, ServiceError> {
    match caller {
        Caller::Account { name, .. } => Ok(format!("proposal.{name}")),
        _ => Err(ServiceError::Forbidden("only accounts keep proposals")),
    }
}

impl Service {
    /// Keeps checked changes in place of the account's last ones.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] where one of them is not the caller's to write.
    pub fn proposal_put(&self, caller: &Caller, proposal: &Proposal) -> Result<(), ServiceError> {
        self.keep_may_write(caller, &proposal.changes()?)?;
        let key = key(caller)?;
        let json = serde_json::to_vec(proposal).expect("proposals are JSON");
        // Files of people hold names and telephones.
        let sealed = self.ledger.keys.master.seal(CONTEXT, key.as_bytes(), &json);
        self.ledger.write_beside(|tx| Ok(tx.meta_put(&key, &sealed)?))
    }

    /// The account's proposal, while it waits.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for installs and the operator.
    pub fn proposal(&self, caller: &Caller) -> Result<Option<Proposal>, ServiceError> {
        let key = key(caller)?;
        let bytes = self.ledger.read(|tx| Ok(tx.meta(&key)?))?;
        let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else {
            return Ok(None);
        };
        // One that an older program wrote in another form is as good as gone.
        let json = self.ledger.keys.master.open(CONTEXT, key.as_bytes(), &bytes);
        let proposal: Option<Proposal> = json.ok().and_then(|json| serde_json::from_slice(&json).ok());
        let now = self.now();
        Ok(proposal.filter(|proposal| now.ms_since(proposal.made_at) < KEPT_MS))
    }

    /// Drops the account's proposal.
    ///
    /// # Errors
    /// As [`Service::proposal`].
    pub fn proposal_drop(&self, caller: &Caller) -> Result<(), ServiceError> {
        let key = key(caller)?;
        self.ledger.write_beside(|tx| Ok(tx.meta_put(&key, &[])?))
    }

    /// Writes the proposal of this name, once. `None` where it is gone, was written, or another took its place.
    ///
    /// # Errors
    /// As [`Service::keep_directory`].
    pub fn proposal_apply(
        &self,
        caller: &Caller,
        token: &str,
    ) -> Result<Option<(Proposal, DirectoryApplied)>, ServiceError> {
        let Some(proposal) = self.proposal(caller)?.filter(|held| held.token == token) else {
            return Ok(None);
        };
        let applied = self.keep_directory(caller, &proposal.changes()?)?;
        self.proposal_drop(caller)?;
        Ok(Some((proposal, applied)))
    }
}
