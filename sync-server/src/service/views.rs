//! Saved views: names for addresses of the queue, each person's own.

use serde::{Deserialize, Serialize};

use super::{Caller, Service};
use crate::ServiceError;

/// The most views of one person.
const VIEWS_MAX: usize = 30;

/// The longest name in characters.
const NAME_CHARS_MAX: usize = 30;

/// The longest address in bytes.
const QUERY_BYTES_MAX: usize = 600;

/// A saved view.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SavedView {
    /// What the person calls it.
    pub name: String,
    /// What stands behind `/console/queue?`.
    pub query: String,
}

fn key(caller: &Caller) -> Result<String, ServiceError> {
    match caller {
        Caller::Account { name, .. } => Ok(format!("views.{name}")),
        _ => Err(ServiceError::Forbidden("only accounts keep views")),
    }
}

impl Service {
    /// The views of the caller's account, in their order.
    ///
    /// # Errors
    /// [`ServiceError::Forbidden`] for installs and the operator.
    pub fn views(&self, caller: &Caller) -> Result<Vec<SavedView>, ServiceError> {
        let key = key(caller)?;
        views_in(self.ledger.read(|tx| Ok(tx.meta(&key)?))?)
    }

    /// Keeps a view under its name, in place of one of that name; `None` for the query drops it.
    ///
    /// # Errors
    /// [`ServiceError::BadRequest`] where the name or the address is empty or too long, or there are too many views.
    pub fn keep_view(&self, caller: &Caller, name: &str, query: Option<&str>) -> Result<(), ServiceError> {
        let key = key(caller)?;
        let name = name.trim();
        let wrong = |text: &str| ServiceError::BadRequest(text.to_owned());
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
            return Err(wrong("a view's name has 1 to 30 characters"));
        }
        self.ledger.write_beside(|tx| {
            let mut views = views_in(tx.meta_to_change(&key)?)?;
            let place = views.iter().position(|view| view.name == name);
            match (query, place) {
                (None, Some(place)) => {
                    views.remove(place);
                }
                (None, None) => return Ok(()),
                (Some(query), _) if query.len() > QUERY_BYTES_MAX => {
                    return Err(wrong("the address is too long"));
                }
                (Some(query), Some(place)) => query.clone_into(&mut views[place].query),
                (Some(_), None) if views.len() >= VIEWS_MAX => {
                    return Err(wrong("there are 30 views already"));
                }
                (Some(query), None) => views.push(SavedView {
                    name: name.to_owned(),
                    query: query.to_owned(),
                }),
            }
            let json = serde_json::to_vec(&views).expect("views are JSON");
            Ok(tx.meta_put(&key, &json)?)
        })
    }
}

/// The views in a value of the store.
fn views_in(bytes: Option<Vec<u8>>) -> Result<Vec<SavedView>, ServiceError> {
    let Some(bytes) = bytes else { return Ok(Vec::new()) };
    serde_json::from_slice(&bytes).map_err(|_| ServiceError::Damaged("saved views".into()))
}
