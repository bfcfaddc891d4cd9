//! Sync: moves what waits, takes in what is new, then the pictures. Every step is durable by itself, so that it may be cut anywhere.
//!
//! The state machine is `crate::sync::session`; here it meets the store and a transport. No lock is held during a request.

use std::sync::PoisonError;

use super::identity::setting;
use super::{Device, SyncReport, news};
use crate::error::Error;
use crate::json;
use crate::store::StoreError;
use crate::sync::backoff::Backoff;
use crate::sync::codec::{self, Encoding};
use crate::sync::failure::SyncFailure;
use crate::sync::http;
use crate::sync::message::SyncAnswer;
use crate::sync::session::{self, PageSize, Sent, Step, Steps};
use crate::sync::transport::{CancelToken, HttpRequest, HttpResponse, Method, Transport, TransportError};
use crate::sync::vouch::Vouch;

mod blob;
mod checkpoint;
mod collect;
mod cover;
mod fresh;
mod offer;
mod page;
mod scope;
mod settle;
mod take;
mod trail;

pub(super) use blob::rest_path;
pub(super) use collect::item as outgoing_item;
pub(super) use trail::{NO_REPORT, item as trail_item};

/// The longest wait for the answer to a sync, in ms.
const SYNC_MS_MAX: u64 = 90_000;
/// The most bytes that an answer may have when it is unpacked: a page with room for one large report.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The status of a body whose type or encoding the server does not take.
const UNSUPPORTED_MEDIA_TYPE: u16 = 415;
/// The most exchanges of one sync: a bound against a server that always has more.
const EXCHANGES_MAX: u32 = 100_000;
/// Own changes that the server has had for longer than this are let go, in ms (90 days).
const KEEP_CHANGES_MS: i64 = 90 * 24 * 3_600_000;

/// What this sync may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SyncOptions {
    /// Whether pictures and voice notes go at all; text always does.
    pub with_attachments: bool,
    /// Whether the link costs: the large files wait for Wi-Fi if the worker said so ([`Device::set_wifi_only`]).
    pub is_metered: bool,
}

impl Default for SyncOptions {
    fn default() -> Self {
        Self {
            with_attachments: true,
            is_metered: false,
        }
    }
}

/// What a device remembers from sync to sync while the process runs.
#[derive(Default)]
pub(super) struct Memory {
    backoff: Backoff,
    page: PageSize,
    /// The server took no compressed body when it was last asked: it is of a release that did not know how, or something on the way
    /// does not. Until its answer names the encoding, bodies go as they are.
    is_plain: bool,
}

/// One sync under way.
struct Run<'a> {
    device: &'a Device,
    transport: &'a dyn Transport,
    cancel: &'a CancelToken,
    bearer: String,
    report: SyncReport,
}

/// Why a run ended early.
enum Stop {
    Failure(SyncFailure),
    Error(Error),
}

impl From<SyncFailure> for Stop {
    fn from(failure: SyncFailure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::Sync(failure) => Self::Failure(failure),
            other => Self::Error(other),
        }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Error(error.into())
    }
}

impl From<TransportError> for Stop {
    fn from(error: TransportError) -> Self {
        Self::Failure(error.into())
    }
}

impl Device {
    /// Syncs: sends what waits, takes in what is new, then attachments. Never fails as a whole: the report says how far it came and
    /// why it stopped. What was done stays done.
    pub fn sync(&self, transport: &dyn Transport, cancel: &CancelToken) -> SyncReport {
        self.sync_with(transport, cancel, SyncOptions::default())
    }

    /// As [`sync`](Self::sync), with what it may do.
    pub fn sync_with(
        &self,
        transport: &dyn Transport,
        cancel: &CancelToken,
        options: SyncOptions,
    ) -> SyncReport {
        let mut memory = self.sync_turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.progress().is_syncing = true;
        self.announce();
        let (report, ended) = self.run(&mut memory, transport, cancel, options);
        let report = self.finish(&mut memory, report, ended);
        tell(&report);
        let mut progress = self.progress();
        progress.is_syncing = false;
        progress.failure.clone_from(&report.failure);
        drop(progress);
        self.announce();
        report
    }

    fn run(
        &self,
        memory: &mut Memory,
        transport: &dyn Transport,
        cancel: &CancelToken,
        options: SyncOptions,
    ) -> (SyncReport, Result<(), Stop>) {
        let bearer = match self
            .lock()
            .map(|state| state.identity.as_ref().map(|i| i.bearer()))
        {
            Ok(Some(bearer)) => bearer,
            Ok(None) => return (SyncReport::default(), Err(SyncFailure::SignInRequired.into())),
            Err(error) => return (SyncReport::default(), Err(error.into())),
        };
        let mut run = Run {
            device: self,
            transport,
            cancel,
            bearer,
            report: SyncReport::default(),
        };
        let mut ended = run.exchange_all(memory);
        if ended.is_ok() && options.with_attachments {
            ended = run.attachments(options.is_metered);
        }
        (run.report, ended)
    }

    fn finish(&self, memory: &mut Memory, mut report: SyncReport, ended: Result<(), Stop>) -> SyncReport {
        let mut retry_after_ms = None;
        match ended {
            Ok(()) => memory.backoff.succeeded(),
            Err(Stop::Failure(failure)) => {
                if let SyncFailure::Busy {
                    retry_after_ms: asked,
                } = failure
                {
                    retry_after_ms = asked;
                }
                report.failure = Some(failure);
            }
            Err(Stop::Error(error)) => {
                tracing::warn!(error = %error, "a sync stopped because the phone's storage failed");
                report.store_failure = Some(error.to_string());
            }
        }
        let noted = self.write(|tx, context| {
            if report.is_complete() {
                tx.unset(setting::RETRY_AT)?;
                tx.trim_own_changes(context.now_ms() - KEEP_CHANGES_MS)?;
                tx.trim_vouches(context.now_ms())?;
                trail::trim(tx, context)?;
                news::trim(tx, context)?;
                Ok(tx.set_int(setting::SUCCEEDED_AT, context.now_ms())?)
            } else {
                let wait_ms = context.fresh(|rng| memory.backoff.failed(rng));
                let wait_ms = wait_ms.max(retry_after_ms.unwrap_or(0));
                let wait_ms = i64::try_from(wait_ms).unwrap_or(i64::MAX);
                Ok(tx.set_int(setting::RETRY_AT, context.now().plus_ms(wait_ms).as_millis())?)
            }
        });
        if let Err(error) = noted {
            report.store_failure.get_or_insert(error.to_string());
        }
        report
    }

    /// Waits until the server has something new in one of the feeds, or the time is up. A hint to sync, nothing more.
    ///
    /// # Errors
    /// [`Error::Sync`] where the server cannot be asked.
    pub fn wait(&self, transport: &dyn Transport, timeout_ms: u64) -> Result<bool, Error> {
        let feeds = self.read(|tx, _| Ok(tx.feeds()?))?;
        let cursors: Vec<String> = feeds
            .iter()
            .map(|feed| format!("{}:{}", feed.feed, feed.cursor))
            .collect();
        let bearer = self
            .lock()?
            .identity
            .as_ref()
            .map(|identity| identity.bearer())
            .ok_or(Error::NotEnrolled)?;
        let response = transport
            .send(&HttpRequest {
                method: Method::Get,
                path: format!(
                    "/v1/wait?cursors={}&timeout_s={}",
                    cursors.join(","),
                    (timeout_ms / 1_000).max(1)
                ),
                headers: vec![("authorization".into(), bearer)],
                body: Vec::new(),
                timeout_ms: timeout_ms.saturating_add(15_000),
            })
            .map_err(SyncFailure::from)?;
        http::check_status(&response)?;
        if response.status == 204 {
            return Ok(false);
        }
        let answer: serde_json::Value =
            json::read_bytes(&response.body).map_err(|_| SyncFailure::NotTheServer)?;
        let is_behind = answer.get("is_behind").and_then(serde_json::Value::as_bool);
        Ok(is_behind.ok_or(SyncFailure::NotTheServer)?)
    }

    /// Whether large files wait for Wi-Fi.
    pub fn set_wifi_only(&self, is_wifi_only: bool) -> Result<(), Error> {
        self.write(|tx, _| {
            if is_wifi_only {
                Ok(tx.set_int(setting::WIFI_ONLY, 1)?)
            } else {
                Ok(tx.unset(setting::WIFI_ONLY)?)
            }
        })
    }
}

/// One line for the log.
fn tell(report: &SyncReport) {
    let failure = report
        .failure
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    tracing::info!(
        requests = report.requests,
        bytes_up = report.bytes_up,
        bytes_down = report.bytes_down,
        items_sent = report.items_sent,
        rows_taken = report.rows_taken,
        blobs_sent = report.blobs_sent,
        blobs_fetched = report.blobs_fetched,
        failure = %failure,
        "a sync ended"
    );
}

impl Run<'_> {
    /// Sends a request with the token; counts it.
    fn send(&mut self, mut request: HttpRequest) -> Result<HttpResponse, Stop> {
        if self.cancel.is_cancelled() {
            return Err(SyncFailure::Cancelled.into());
        }
        request
            .headers
            .push(("authorization".into(), self.bearer.clone()));
        self.report.requests += 1;
        self.report.bytes_up += request.body.len() as u64;
        let response = self.transport.send(&request)?;
        self.report.bytes_down += response.body.len() as u64;
        Ok(response)
    }

    /// Exchanges until both sides have nothing more to say.
    fn exchange_all(&mut self, memory: &mut Memory) -> Result<(), Stop> {
        let waiting = self.device.read(|tx, _| {
            let trail = tx.trail_sum()?;
            Ok(tx.outbox_sum()?.count + trail.track_count + trail.visit_count)
        })?;
        let mut progress = self.device.progress();
        progress.sent_count = 0;
        progress.to_send_count = waiting;
        drop(progress);
        if self.device.read(|tx, _| page::is_to_project_again(tx))? {
            self.device.write(page::project_again)?;
        }
        let mut tries = collect::Tries::default();
        let mut is_marked = false;
        for _ in 0..EXCHANGES_MAX {
            let standing = self
                .device
                .read(|tx, context| collect::standing(tx, context, memory, &tries))?;
            if !standing.items.is_empty() && !is_marked {
                // Before anything leaves: a backup older than this push is known as one from now on.
                self.device.mark.advance(&mut self.device.lock()?.store)?;
                is_marked = true;
            }
            tries.count(&standing.items);
            let before = collect::Mark::of(&standing);
            let (sent, server) = self.device.read(|tx, context| {
                let at = context.device_time(tx)?;
                let sent = session::request(standing, &context.identity.key, at, memory.page);
                Ok((sent, context.identity.server_key))
            })?;
            let answer = match self.post(&sent, &mut memory.is_plain) {
                Err(Stop::Failure(SyncFailure::TooLarge)) if memory.page.shrink() => continue,
                Err(Stop::Failure(failure)) => {
                    if failure == SyncFailure::Transport(TransportError::Timeout) {
                        memory.page.shrink();
                    }
                    return Err(failure.into());
                }
                other => other?,
            };
            memory.page.grow();
            let has_more = answer.more;
            self.take(session::steps(&sent, answer, &server)?)?;
            let after = self
                .device
                .read(|tx, context| collect::standing(tx, context, memory, &tries))?;
            if !after.wants_more(has_more) || (collect::Mark::of(&after) == before && after.items.is_empty())
            {
                return Ok(());
            }
        }
        Err(SyncFailure::Protocol("the server always has more").into())
    }

    /// Asks, deflated where that is smaller; as it is where the server takes no such body, and until it says that it does.
    fn post(&mut self, sent: &Sent, is_plain: &mut bool) -> Result<SyncAnswer, Stop> {
        let mut response = self.post_as(sent, *is_plain)?;
        if response.status == UNSUPPORTED_MEDIA_TYPE && !*is_plain {
            // Nothing was taken in: what is refused by its encoding is not read.
            *is_plain = true;
            response = self.post_as(sent, true)?;
        }
        http::check_status(&response)?;
        if !http::is_cbor(&response) {
            return Err(SyncFailure::NotTheServer.into());
        }
        if response.header("accept-encoding") == Some(codec::TAKEN) {
            *is_plain = false;
        }
        Encoding::of_header(response.header("content-encoding"))
            .and_then(|encoding| codec::unpack(&response.body, encoding, ANSWER_BYTES_MAX).ok())
            .ok_or_else(|| SyncFailure::NotTheServer.into())
    }

    fn post_as(&mut self, sent: &Sent, is_plain: bool) -> Result<HttpResponse, Stop> {
        let packed = if is_plain {
            codec::pack_plain(&sent.request)
        } else {
            codec::pack_request(&sent.request)
        };
        let mut headers = vec![
            ("content-type".to_owned(), codec::CONTENT_TYPE.to_owned()),
            ("accept-encoding".to_owned(), "br".to_owned()),
        ];
        if let Some(name) = packed.encoding.header() {
            headers.push(("content-encoding".into(), name.into()));
        }
        self.send(HttpRequest {
            method: Method::Post,
            path: "/v1/sync".into(),
            headers,
            body: packed.bytes,
            timeout_ms: SYNC_MS_MAX,
        })
    }

    /// Takes the steps of an answer, each durable by itself.
    fn take(&mut self, steps: Steps) -> Result<(), Stop> {
        let Steps { steps, vouches } = steps;
        for step in steps {
            if self.cancel.is_cancelled() {
                return Err(SyncFailure::Cancelled.into());
            }
            let counts = matches!(step, Step::Results(_));
            let taken = self.take_step(step, &vouches)?;
            self.report.rows_taken += taken.rows;
            self.report.items_sent += taken.settled;
            if counts {
                self.device.progress().sent_count += taken.settled;
            }
            self.device.remove_files(&taken.orphans)?;
            if taken.is_directory_new {
                self.device.forget_directory()?;
                self.device.write(page::project_again)?;
            }
        }
        Ok(())
    }

    fn take_step(&self, step: Step, vouches: &[Vouch]) -> Result<take::Taken, Error> {
        match step {
            Step::ServerTime(at) => {
                let is_due = self
                    .device
                    .read(|tx, context| page::is_offset_news(tx, context, at))?;
                if is_due {
                    self.device
                        .write(|tx, context| page::note_offset(tx, context, at))?;
                }
                Ok(take::Taken::default())
            }
            Step::Results(results) => self.device.write(|tx, context| {
                tx.keep_vouches(vouches)?;
                settle::settle(tx, context, &results)
            }),
            Step::Page { page, went_back } => {
                let is_idle = self.device.read(|tx, _| page::is_idle(tx, &page))?;
                if is_idle {
                    return Ok(take::Taken::default());
                }
                self.device.write(|tx, context| {
                    tx.keep_vouches(vouches)?;
                    page::take(tx, context, *page, went_back)
                })
            }
            Step::Backfill(pages) => self.device.write(|tx, context| {
                tx.keep_vouches(vouches)?;
                scope::take_backfill(tx, context, pages)
            }),
            Step::Repaired {
                window,
                bundles,
                may_be_partial,
            } => self.device.write(|tx, context| {
                tx.keep_vouches(vouches)?;
                scope::take_repair(tx, context, &window, bundles, may_be_partial)
            }),
            Step::Coverage {
                check,
                days,
                may_be_partial,
            } => self
                .device
                .write(|tx, context| cover::take_checked(tx, context, &check, &days, may_be_partial)),
            Step::Notices(notices) => self
                .device
                .write(|tx, context| offer::take_notices(tx, context, &notices)),
        }
    }
}

/// What both sides still have to say.
trait WantsMore {
    fn wants_more(&self, has_more: bool) -> bool;
}

impl WantsMore for session::Standing {
    fn wants_more(&self, has_more: bool) -> bool {
        has_more
            || !self.items.is_empty()
            || self
                .feeds
                .iter()
                .any(|feed| !feed.backfill.is_empty() || feed.repair.is_some())
    }
}
