//! How far exports are: a page that fetches a file asks by the name that it gave to it. In memory alone; a file that nobody fetches any
//! more ends with its connection.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{Query, State as Shared};
use serde::Serialize;
use xunge_core::time::Timestamp;

use super::super::desk::Desk;
use crate::app::App;
use crate::problem::{ErrorCode, Problem};

/// For how long an export is remembered, in ms.
const KEPT_MS: i64 = 30 * 60_000;

/// The longest name of an export.
const NAME_CHARS_MAX: usize = 64;

/// How far one export is.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Standing {
    #[serde(skip)]
    account: String,
    #[serde(skip)]
    begun_at: Timestamp,
    /// Rows that are written.
    written: u64,
    /// Rows that there are.
    total: u64,
    /// Whether the file is whole.
    is_done: bool,
}

/// The exports under way and those just done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exports(Arc<Mutex<BTreeMap<String, Standing>>>);

impl Exports {
    fn with<T>(&self, job: impl FnOnce(&mut BTreeMap<String, Standing>) -> T) -> T {
        job(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begins one under a name that its page made up.
    pub(super) fn begin(&self, name: &str, account: &str, total: u64, now: Timestamp) {
        if name.is_empty() || name.len() > NAME_CHARS_MAX {
            return;
        }
        let standing = Standing {
            account: account.to_owned(),
            begun_at: now,
            written: 0,
            total,
            is_done: false,
        };
        self.with(|all| {
            all.retain(|_, held| now.ms_since(held.begun_at) < KEPT_MS);
            all.insert(name.to_owned(), standing);
        });
    }

    /// Adds rows that were written.
    pub(super) fn add(&self, name: &str, rows: u64) {
        self.with(|all| {
            if let Some(held) = all.get_mut(name) {
                held.written += rows;
            }
        });
    }

    /// The file is whole.
    pub(super) fn end(&self, name: &str) {
        self.with(|all| {
            if let Some(held) = all.get_mut(name) {
                held.is_done = true;
            }
        });
    }
}

/// How far the export of this name is; each account sees its own.
pub(crate) async fn get_progress(
    Shared(app): Shared<App>,
    desk: Desk,
    Query(given): Query<BTreeMap<String, String>>,
) -> Result<Json<Standing>, Problem> {
    let name = given.get("job").map(String::as_str).unwrap_or_default();
    let held = app.exports.with(|all| all.get(name).cloned());
    let held = held.filter(|held| held.account == desk.session.account);
    held.map(Json).ok_or_else(|| Problem::plain(ErrorCode::NotFound))
}
