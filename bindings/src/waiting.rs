//! Calls that wait, as futures without a runtime: each runs on a thread of its own and wakes whoever awaits it.
//!
//! Dropping a future (Kotlin: cancelling the coroutine's job, Python: the task) cancels what it waits for at its next step; what was taken
//! in by then stays, what was not sent stays in line. The generated Swift never drops one: there whoever turns away cancels the token. A
//! call that cannot be cancelled runs to its end on its thread and its answer goes nowhere. A panic becomes `Internal`.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use xunge_core::app as core;
use xunge_core::sync::transport::CancelToken as Cancel;

use crate::device::Device;
use crate::error::CoreError;
use crate::phone::{Phone, database_key};
use crate::sync::{CancelToken, SyncOptions, SyncReport};
use xunge_core::app::ProfileId;

/// A call on its thread.
struct Job<T> {
    shared: Arc<Mutex<Shared<T>>>,
    cancel: Option<Cancel>,
}

struct Shared<T> {
    answer: Option<Result<T, CoreError>>,
    is_done: bool,
    waker: Option<Waker>,
}

impl<T: Send + 'static> Job<T> {
    /// Starts `call`. Dropped before its end, the job cancels `cancel`.
    fn start(cancel: Option<Cancel>, call: impl FnOnce() -> Result<T, CoreError> + Send + 'static) -> Self {
        let shared = Arc::new(Mutex::new(Shared {
            answer: None,
            is_done: false,
            waker: None,
        }));
        let ended = Arc::clone(&shared);
        let run = move || {
            // Nothing of the call is looked at after a panic, and core's own locks heal themselves.
            let answer = catch_unwind(AssertUnwindSafe(call));
            let mut shared = ended.lock().unwrap_or_else(PoisonError::into_inner);
            shared.answer =
                Some(answer.unwrap_or_else(|_| Err(CoreError::defect("a call ended by a panic"))));
            shared.is_done = true;
            let waker = shared.waker.take();
            drop(shared);
            if let Some(waker) = waker {
                waker.wake();
            }
        };
        let started = std::thread::Builder::new()
            .name("xunge-call".to_owned())
            .spawn(run);
        if started.is_err() {
            let mut held = shared.lock().unwrap_or_else(PoisonError::into_inner);
            held.answer = Some(Err(CoreError::defect("the system starts no more threads")));
            held.is_done = true;
        }
        Self { shared, cancel }
    }
}

impl<T> Future for Job<T> {
    type Output = Result<T, CoreError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        match shared.answer.take() {
            Some(answer) => Poll::Ready(answer),
            None => {
                shared.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        let is_done = self.shared.lock().unwrap_or_else(PoisonError::into_inner).is_done;
        if let Some(cancel) = self.cancel.as_ref().filter(|_| !is_done) {
            cancel.cancel();
        }
    }
}

#[uniffi::export]
impl Device {
    /// As `sync_with`, without holding up the caller's thread. Dropped before its end it cancels the token.
    pub async fn sync_async(
        &self,
        options: SyncOptions,
        cancel: Arc<CancelToken>,
    ) -> Result<SyncReport, CoreError> {
        let (device, transport) = (Arc::clone(&self.inner), Arc::clone(&self.transport));
        let token = cancel.inner.clone();
        let call = move || {
            Ok(device
                .sync_with(transport.as_ref(), &token, options.into())
                .into())
        };
        Job::start(Some(cancel.inner.clone()), call).await
    }

    /// As `wait`, without holding up the caller's thread. Dropped, nobody waits any more; the request itself ends by its own timeout.
    pub async fn wait_async(&self, timeout_ms: u64) -> Result<bool, CoreError> {
        let (device, transport) = (Arc::clone(&self.inner), Arc::clone(&self.transport));
        Job::start(None, move || Ok(device.wait(transport.as_ref(), timeout_ms)?)).await
    }
}

#[uniffi::export]
impl Phone {
    /// As `enrol`, without holding up the caller's thread. Dropped, the enrolment may still succeed: scanning the same code again
    /// answers with it.
    #[uniffi::method(default(key = None))]
    pub async fn enrol_async(&self, code: String, key: Option<Vec<u8>>) -> Result<ProfileId, CoreError> {
        let (phone, roots_pem) = (Arc::clone(&self.inner), self.roots_pem.clone());
        Job::start(None, move || Phone::enrol_with(&phone, &roots_pem, &code, key)).await
    }

    /// As `sync_all`, without holding up the caller's thread. Dropped before its end it cancels the token.
    #[uniffi::method(default(key = None))]
    pub async fn sync_all_async(
        &self,
        options: SyncOptions,
        cancel: Arc<CancelToken>,
        key: Option<Vec<u8>>,
    ) -> Result<Vec<ProfileSync>, CoreError> {
        let (phone, roots_pem) = (Arc::clone(&self.inner), self.roots_pem.clone());
        let token = cancel.inner.clone();
        let call = move || sync_all(&phone, &roots_pem, options, &token, key);
        Job::start(Some(cancel.inner.clone()), call).await
    }

    /// Syncs every profile on the phone, signed in or not: the work of somebody who is signed out still goes. One profile's failure
    /// does not hold up another's. `key` is the database key of this phone; without it, profiles that need one take part once they are
    /// open.
    #[uniffi::method(default(key = None))]
    pub fn sync_all(
        &self,
        cancel: &CancelToken,
        key: Option<Vec<u8>>,
    ) -> Result<Vec<ProfileSync>, CoreError> {
        self.sync_all_with(SyncOptions::default(), cancel, key)
    }

    /// As `sync_all`, with what it may do.
    #[uniffi::method(default(key = None))]
    pub fn sync_all_with(
        &self,
        options: SyncOptions,
        cancel: &CancelToken,
        key: Option<Vec<u8>>,
    ) -> Result<Vec<ProfileSync>, CoreError> {
        sync_all(&self.inner, &self.roots_pem, options, &cancel.inner, key)
    }
}

/// What syncing one profile of several did.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ProfileSync {
    /// The profile.
    pub profile: ProfileId,
    /// What was done; `None` where the profile could not be opened.
    pub report: Option<SyncReport>,
    /// Why it could not, for a log.
    pub detail: Option<String>,
}

impl From<core::ProfileSync> for ProfileSync {
    fn from(core: core::ProfileSync) -> Self {
        let (report, detail) = match core.report {
            Ok(report) => (Some(report.into()), None),
            Err(error) => (None, Some(error.to_string())),
        };
        Self {
            profile: core.profile,
            report,
            detail,
        }
    }
}

fn sync_all(
    phone: &core::Phone,
    roots_pem: &[u8],
    options: SyncOptions,
    cancel: &Cancel,
    key: Option<Vec<u8>>,
) -> Result<Vec<ProfileSync>, CoreError> {
    let reports = phone.sync_all_with(
        key.map(database_key).transpose()?,
        &|profile| crate::phone::way_of(profile, roots_pem),
        cancel,
        options.into(),
    )?;
    Ok(reports.into_iter().map(Into::into).collect())
}
