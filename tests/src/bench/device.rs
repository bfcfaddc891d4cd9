//! Phones with the real device core, each on its own SQLite files, over real HTTP that counts what goes by.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use xunge_core::app::{Device, Entropy, Phone, PhoneConfig, ProfileId};
use xunge_core::document::FieldEdit;
use xunge_core::enrolment::EnrolmentCode;
use xunge_core::id::{FieldId, ReportId, UnitId};
use xunge_core::place::{PlaceClaim, Position, Provider};
use xunge_core::report::{Answer, Source};
use xunge_core::sync::transport::{
    CancelToken, HttpRequest, HttpResponse, HttpTransport, Transport, TransportError,
};
use xunge_core::time::SystemClock;

use super::Problem;
use super::township::{FIELDS, category};
use super::words::words;

/// What went over a link.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub(super) struct Traffic {
    /// Requests.
    pub(super) requests: u64,
    /// Bytes of requests and answers: bodies, and heads as far as the device sees them.
    pub(super) bytes: u64,
}

impl Traffic {
    /// What went by since `earlier`.
    pub(super) fn since(self, earlier: Self) -> Self {
        Self {
            requests: self.requests - earlier.requests,
            bytes: self.bytes - earlier.bytes,
        }
    }
}

/// HTTP to one server that counts. Phones may share one.
#[derive(Debug)]
pub(super) struct Link {
    http: HttpTransport,
    requests: AtomicU64,
    bytes: AtomicU64,
}

impl Link {
    pub(super) fn new(url: &str) -> Result<Self, Problem> {
        Ok(Self {
            http: HttpTransport::new(url, b"")?,
            requests: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        })
    }

    /// What went by so far.
    pub(super) fn traffic(&self) -> Traffic {
        Traffic {
            requests: self.requests.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}

impl Transport for Link {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let answer = self.http.send(request)?;
        let line = request.method.as_str().len() + request.path.len() + " HTTP/1.1\r\n ".len();
        let up = line + heads(&request.headers) + request.body.len();
        let down = "HTTP/1.1 200 OK\r\n".len() + heads(&answer.headers) + answer.body.len();
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add((up + down) as u64, Ordering::Relaxed);
        Ok(answer)
    }
}

fn heads(headers: &[(String, String)]) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.len() + value.len() + 4)
        .sum::<usize>()
        + 2
}

/// The configuration of a bench's phone.
pub(super) fn phone_config() -> PhoneConfig {
    let mut config = PhoneConfig::new(Arc::new(SystemClock), "bench");
    config.entropy = Entropy::System;
    config
}

/// One person's phone.
pub(super) struct RealPhone {
    pub(super) device: Arc<Device>,
    pub(super) profile: ProfileId,
    /// The phone itself, which must live as long as its profile.
    _phone: Phone,
}

impl RealPhone {
    /// Out of the box, in `folder`, enrolled with a one-time secret.
    pub(super) fn enrol(folder: &Path, url: &str, secret: &str, link: &Link) -> Result<Self, Problem> {
        let phone = Phone::open(folder, phone_config())?;
        let code = EnrolmentCode {
            base_url: url.to_owned(),
            root: None,
            secret: secret.to_owned(),
        };
        let profile = phone.enrol(&code.to_string(), link)?;
        Ok(Self {
            device: phone.device(&profile, None)?,
            profile,
            _phone: phone,
        })
    }

    /// Syncs once to the end.
    ///
    /// # Errors
    /// Where it does not go through, or something that was sent was not taken: a bench of refusals would measure nothing.
    pub(super) fn sync(&self, link: &Link) -> Result<(), Problem> {
        let report = self.device.sync(link, &CancelToken::new());
        if !report.is_complete() {
            return Err(format!("a phone of the bench did not get through: {report:?}").into());
        }
        let status = self.device.status()?;
        if status.attention_count + status.unsent_count + status.quarantine_count > 0 {
            let why = self.device.needs_attention()?;
            return Err(format!("something was not taken: {status:?} {why:?}").into());
        }
        Ok(())
    }

    /// Fills in a report and hands it in.
    pub(super) fn capture(&self, grid: &UnitId, rng: &mut StdRng) -> Result<ReportId, Problem> {
        let report = self.device.begin_draft()?;
        self.device.edit_draft(report, &filled_in(grid, rng))?;
        self.device.submit(report)?;
        Ok(report)
    }
}

/// A generator of one part of the bench.
pub(super) fn seeded(part: u64) -> StdRng {
    StdRng::seed_from_u64(20_261_123 ^ part << 32)
}

/// Everything that a worker fills in but pictures: about 1 KB.
pub(super) fn filled_in(grid: &UnitId, rng: &mut StdRng) -> Vec<FieldEdit> {
    let answer = |field: &str, answer| FieldEdit::SetAnswer {
        field: FieldId::new(field).expect("a plain code"),
        answer: Some(answer),
    };
    let place = PlaceClaim {
        position: Position {
            lat_deg: 28.36 + rng.random::<f64>() / 100.0,
            lon_deg: 121.36 + rng.random::<f64>() / 100.0,
        },
        accuracy_m: 4.0 + rng.random::<f64>() * 20.0,
        provider: Provider::Satellite,
        is_mock: false,
        age_ms: rng.random_range(0..4_000),
    };
    vec![
        FieldEdit::SetCategory {
            category: category(),
            version: 1,
        },
        FieldEdit::SetGrid(Some(grid.clone())),
        FieldEdit::SetDescription(words(rng, 160)),
        FieldEdit::SetPlace(Some(place)),
        FieldEdit::SetPlaceText(words(rng, 8)),
        FieldEdit::SetSource(Source::ToldBy),
        answer(FIELDS[0], Answer::Number(f64::from(rng.random_range(1..20u8)))),
        answer(FIELDS[1], Answer::YesNo(rng.random())),
    ]
}
