//! What every route shares: the service, the attachments, the settings, and how blocking work is run so that a client's hang-up cannot
//! cancel it.

use std::sync::Arc;

use tokio::sync::watch;
use xunge_core::time::Timestamp;

use crate::blobs::shelf_of;
use crate::blobs::slot::Slots;
use crate::blobs::staging::{Staging, StagingProblem};
use crate::blobs::{BlobProblem, Blobs};
use crate::config::Config;
use crate::console::export::Exports;
use crate::metrics::Metrics;
use crate::problem::{ErrorCode, Problem};
use crate::service::Service;
use crate::throttle::{Pace, Throttle};
use crate::{Caller, ServiceError};

/// Why a server's parts do not open.
#[derive(Debug, thiserror::Error)]
pub enum AppProblem {
    /// The folder of attachments.
    #[error(transparent)]
    Blobs(#[from] BlobProblem),
    /// The folder of uploads.
    #[error(transparent)]
    Staging(#[from] StagingProblem),
}

/// One server. Cheap to clone; every clone is the same server.
#[derive(Clone)]
pub struct App {
    /// Settings.
    pub config: Arc<Config>,
    /// Everything that the server can do.
    pub service: Service,
    /// Finished attachments.
    pub blobs: Blobs,
    /// Unfinished uploads.
    pub staging: Staging,
    /// Who is writing to which upload.
    pub(crate) slots: Slots,
    /// Figures.
    pub metrics: Metrics,
    /// Tries at enrolment.
    pub(crate) enrolments: Throttle,
    /// Wrong passwords.
    pub(crate) sign_ins: Throttle,
    /// How fast each phone asks.
    pub(crate) pace: Pace,
    /// How far exports are.
    pub(crate) exports: Exports,
    stopping: watch::Sender<bool>,
}

impl App {
    /// Joins the parts; makes the folders of attachments and uploads where they are missing.
    pub fn new(config: Config, service: Service) -> Result<Self, AppProblem> {
        let limits = config.limits.clone();
        let bound = |bound: &'static str, tries_max, window_ms| {
            let service = service.clone();
            let tell = move |name: &str, at| service.tell_try(bound, name, at);
            Throttle::telling(tries_max, window_ms, Arc::new(tell))
        };
        let enrolments = bound("enrolments", limits.enrolments_per_minute_max, 60_000);
        let sign_ins = bound("sign_ins", limits.sign_in_failures_max, 15 * 60_000);
        let heard = (Throttle::unheard(&enrolments), Throttle::unheard(&sign_ins));
        service.hear_tries(Arc::new(move |bound: &str, name: &str, at| match bound {
            "enrolments" => heard.0.hear(name, at),
            "sign_ins" => heard.1.hear(name, at),
            _ => {}
        }));
        Ok(Self {
            blobs: Blobs::at(config.blobs_place())?,
            staging: Staging::of(&service, &config.uploads_path())?,
            slots: Slots::default(),
            metrics: Metrics::install(),
            enrolments,
            sign_ins,
            pace: Pace::new(limits.requests_per_minute_max, 60_000),
            exports: Exports::default(),
            config: Arc::new(config),
            service,
            stopping: watch::Sender::new(false),
        })
    }

    /// Runs blocking work on a thread of its own. Once begun it ends, even where the client has hung up meanwhile.
    pub(crate) async fn blocking<T, E>(
        &self,
        work: impl FnOnce(&Service) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        let service = self.service.clone();
        match tokio::task::spawn_blocking(move || work(&service)).await {
            Ok(outcome) => outcome.map_err(Into::into),
            Err(error) => Err(Problem::internal("a blocking task ended early", &error)),
        }
    }

    /// Tells long polls that the server stops.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Returns when the server stops.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.stopping.subscribe();
        if stopping.wait_for(|is| *is).await.is_err() {
            std::future::pending().await
        }
    }

    /// Housekeeping, to be called about every minute: chiefs' clocks, abandoned uploads, old marks, what is past its time.
    pub async fn tick(&self) -> Result<(), Problem> {
        let staging = self.staging.clone();
        let age_ms = i64::try_from(self.config.limits.upload_age_ms_max).unwrap_or(i64::MAX);
        let freed = self
            .blocking(move |service| -> Result<_, Problem> {
                let now = service.now();
                let passed_by = service.tick(now)?;
                if passed_by > 0 {
                    tracing::info!(passed_by, "reports passed by their chiefs");
                }
                for id in service.uploads_expired(now)? {
                    service.upload_drop(id)?;
                    staging.discard(id)?;
                }
                staging.sweep_marks(now.plus_ms(-age_ms))?;
                Ok(service.expire_reports(now)?)
            })
            .await?;
        for hash in freed {
            self.blobs.remove(hash).await?;
        }
        self.sweep_blobs(self.service.now()).await
    }

    /// Lets bytes go that no report has named for 90 days, on the shelf whose minute it is.
    async fn sweep_blobs(&self, now: Timestamp) -> Result<(), Problem> {
        for hash in self.blobs.aged(shelf_of(now), now).await? {
            if !self.blocking(move |service| service.blob_is_named(hash)).await? {
                self.blobs.remove(hash).await?;
                tracing::info!(%hash, "bytes that no report names went after 90 days");
            }
        }
        Ok(())
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        match &error {
            ServiceError::BadToken => Self::plain(ErrorCode::Unauthorized),
            ServiceError::Forbidden(why) => Self::new(ErrorCode::Forbidden, *why),
            ServiceError::NotFound(what) => Self::new(ErrorCode::NotFound, format!("no such {what}")),
            ServiceError::BadRequest(why) => Self::new(ErrorCode::Malformed, why.clone()),
            ServiceError::Conflict(what) => Self::new(ErrorCode::Conflict, *what),
            ServiceError::BadEnrolment => Self::plain(ErrorCode::EnrolmentInvalid),
            ServiceError::Revoked => Self::plain(ErrorCode::Revoked),
            ServiceError::Erased => Self::plain(ErrorCode::Erased),
            ServiceError::Store(store) if store.is_busy() => Self {
                retry_after_s: Some(5),
                ..Self::plain(ErrorCode::Unavailable)
            },
            ServiceError::Store(_) | ServiceError::Damaged(_) | ServiceError::File { .. } => {
                Self::internal("the service", &error)
            }
        }
    }
}

impl From<StagingProblem> for Problem {
    fn from(error: StagingProblem) -> Self {
        match error {
            StagingProblem::Store(error) => ServiceError::Store(error).into(),
            error => Self::internal("staging of uploads", &error),
        }
    }
}

impl From<BlobProblem> for Problem {
    fn from(error: BlobProblem) -> Self {
        Self::internal("the store of attachments", &error)
    }
}

/// The person behind a caller, for routes that only people use.
pub(crate) fn require_account(caller: &Caller) -> Result<(), Problem> {
    match caller {
        Caller::Account { .. } => Ok(()),
        _ => Err(Problem::new(
            ErrorCode::Forbidden,
            "this address is for people who are signed in at the console",
        )),
    }
}
