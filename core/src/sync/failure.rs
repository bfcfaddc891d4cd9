//! Why a sync did not go through, by what can be done about it.

use super::transport::TransportError;

/// A failure of one request. Whatever it was, nothing was lost: what waits still waits.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SyncFailure {
    /// No answer came.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// Somebody else answered: a captive portal's page, a proxy's error. Log in to the network, then try again.
    #[error("the answer did not come from the server (a network's log-in page?)")]
    NotTheServer,
    /// The token is not accepted (401): enrol again. What waits can still go out by a rescue file.
    #[error("the server does not know this enrolment any more")]
    SignInRequired,
    /// The server forbids it (403).
    #[error("the server forbids the request ({0})")]
    Forbidden(String),
    /// The server or the way to it is busy (423, 429, 503).
    #[error("the server is busy")]
    Busy {
        /// How long it asks to wait, in ms.
        retry_after_ms: Option<u64>,
    },
    /// The request was too large (413): it is tried again in smaller pages.
    #[error("the request was too large for the server")]
    TooLarge,
    /// The server failed (5xx).
    #[error("the server failed with status {status}")]
    Server {
        /// The status.
        status: u16,
    },
    /// The server did not take the request as it stands (other 4xx): a defect of this program or that one.
    #[error("the server did not take the request: status {status}, `{code}`")]
    Rejected {
        /// The status.
        status: u16,
        /// The server's stable code, where it gave one.
        code: String,
    },
    /// The answer broke the rules of the protocol.
    #[error("the answer breaks the protocol: {0}")]
    Protocol(&'static str),
    /// Somebody asked to stop.
    #[error("the sync was stopped")]
    Cancelled,
}

impl SyncFailure {
    /// Whether the same request may go through later without anybody doing anything.
    pub fn is_passing(&self) -> bool {
        !matches!(
            self,
            Self::SignInRequired | Self::Forbidden(_) | Self::Rejected { .. }
        )
    }
}
