//! Takes in a rescue file: what a phone could not send goes the same way as a sync, with the same results per item.

use std::collections::BTreeMap;

use bytes::Bytes;
use xunge_core::attachment::check_uploaded;
use xunge_core::rescue::{Rescue, RescueError};
use xunge_core::sync::message::{ItemResult, PROTOCOL, SyncRequest};
use xunge_core::time::DeviceTime;

use crate::service::{NewUpload, Service};
use crate::{App, Caller, ServiceError};

/// Why a rescue file was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum RescueProblem {
    /// It does not open or read.
    #[error(transparent)]
    File(#[from] RescueError),
    /// The install that wrote it is not known here.
    #[error(
        "the rescue file is of an install that this server does not know; take it to the township that enrolled the phone"
    )]
    UnknownInstall,
    /// The service failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The attachments could not be stored.
    #[error(transparent)]
    Blobs(#[from] crate::blobs::BlobProblem),
}

/// What became of a rescue file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rescued {
    /// Items by what became of them (`stored`, `duplicate`, `decided`, `review_list` …).
    pub items: BTreeMap<&'static str, usize>,
    /// Attachments stored now.
    pub blobs_stored: usize,
    /// Attachments that were here already.
    pub blobs_known: usize,
    /// Attachments that nobody may add or that are no pictures or voice notes.
    pub blobs_refused: usize,
    /// Drafts in the file, which are nobody's report: for the worker to read.
    pub drafts: Vec<String>,
    /// Words in the file that were begun and not sent: for the worker to read.
    pub words: Vec<String>,
}

/// Opens a rescue file with the recovery key. Nothing is written.
pub fn open(secret: &[u8; 32], file: &[u8]) -> Result<Rescue, RescueError> {
    Rescue::from_sealed(secret, file)
}

/// Takes everything in. Doing it twice changes nothing. Blocks while items are stored; attachments follow.
pub async fn take_in(app: &App, rescue: Rescue) -> Result<Rescued, RescueProblem> {
    let mut rescued = Rescued {
        drafts: rescue.drafts.clone(),
        words: rescue.words.iter().map(|kept| kept.words.clone()).collect(),
        ..Rescued::default()
    };
    let caller = install_of(&app.service, &rescue)?;
    if !rescue.items.is_empty() {
        let now = app.service.now();
        let request = SyncRequest {
            protocol: PROTOCOL,
            install: rescue.install,
            feeds: Vec::new(),
            items: rescue.items,
            manifest: rescue.manifest,
            answer_bytes_max: 64 * 1024,
            at: DeviceTime {
                wall_at: now,
                monotonic_ms: 0,
                boot: 0,
                server_offset_ms: Some(0),
                server_offset_age_ms: Some(0),
            },
            health: None,
            backfill: Vec::new(),
            repair: None,
            vouches: Vec::new(),
            coverage: None,
        };
        for result in app.service.sync(&caller, &request)?.results {
            *rescued.items.entry(outcome(&result)).or_default() += 1;
        }
    }
    for blob in rescue.blobs {
        let new = NewUpload {
            report: blob.report,
            blob: blob.sha256,
            size_bytes: blob.bytes.len() as u64,
            media_type: blob.kind.mime().to_owned(),
        };
        if check_uploaded(&blob.bytes, blob.kind, new.size_bytes, blob.sha256).is_err() {
            rescued.blobs_refused += 1;
            continue;
        }
        match app.service.upload_begin(&caller, &new) {
            Ok(upload) => {
                app.blobs
                    .put(blob.sha256, Bytes::from(blob.bytes.to_vec()))
                    .await?;
                app.service.upload_finish(upload.id)?;
                rescued.blobs_stored += 1;
            }
            Err(ServiceError::Conflict(_)) => rescued.blobs_known += 1,
            Err(ServiceError::NotFound(_) | ServiceError::Erased | ServiceError::BadRequest(_)) => {
                rescued.blobs_refused += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(rescued)
}

fn install_of(service: &Service, rescue: &Rescue) -> Result<Caller, RescueProblem> {
    let installs = service.installs(Some(&rescue.person))?;
    let install = installs
        .into_iter()
        .find(|known| known.install == rescue.install)
        .ok_or(RescueProblem::UnknownInstall)?;
    Ok(Caller::Install {
        install: install.install,
        person: install.person,
        is_revoked: install.revoked_at.is_some(),
    })
}

/// The word for a result, as in the figures and in what the command line says.
pub(crate) fn outcome(result: &ItemResult) -> &'static str {
    match result {
        ItemResult::Stored => "stored",
        ItemResult::Duplicate => "duplicate",
        ItemResult::MissingDeps { .. } => "missing_deps",
        ItemResult::ReviewList => "review_list",
        ItemResult::Erased => "erased",
        ItemResult::Expired => "expired",
        ItemResult::RotateActor { .. } => "rotate_actor",
        ItemResult::Refused { .. } => "refused",
        ItemResult::Decided { .. } => "decided",
    }
}
