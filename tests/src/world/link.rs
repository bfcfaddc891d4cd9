//! The link between one phone and the server, as bad as it is told to be.

use std::sync::{Arc, Mutex, MutexGuard};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use xunge_core::sync::transport::{HttpRequest, HttpResponse, Transport, TransportError};

use super::{Front, release};

/// How bad a link is: the chance of each fault for each request, 0..=1, tried in this order.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
pub struct Faults {
    /// No network.
    pub offline: f64,
    /// The request is lost on the way.
    pub lost_request: f64,
    /// The server does its work, and the answer is lost.
    pub lost_answer: f64,
    /// The request arrives twice.
    pub duplicate: f64,
    /// A copy of the request arrives again, later, after others.
    pub late_copy: f64,
    /// A guest network's log-in page answers with 200.
    pub portal: f64,
}

impl Faults {
    /// A link that fails about every other time.
    pub const BAD: Self = Self {
        offline: 0.15,
        lost_request: 0.1,
        lost_answer: 0.15,
        duplicate: 0.1,
        late_copy: 0.1,
        portal: 0.05,
    };
    /// No network at all.
    pub const OFFLINE: Self = Self {
        offline: 1.0,
        lost_request: 0.0,
        lost_answer: 0.0,
        duplicate: 0.0,
        late_copy: 0.0,
        portal: 0.0,
    };
}

/// What a test may put between phone and server: sees every request, and may answer in the server's place.
pub type Tap = Box<dyn FnMut(&HttpRequest, &Front) -> Option<Result<HttpResponse, TransportError>> + Send>;

/// A transport by call, with faults.
pub struct Link {
    front: Arc<Front>,
    state: Mutex<State>,
}

struct State {
    faults: Faults,
    rng: StdRng,
    /// Copies on their way, which arrive before some later request.
    late: Vec<HttpRequest>,
    tap: Option<Tap>,
    requests: u64,
    is_before: bool,
}

impl Link {
    /// A link without faults.
    pub fn new(front: Arc<Front>, seed: u64) -> Self {
        Self {
            front,
            state: Mutex::new(State {
                faults: Faults::default(),
                rng: StdRng::seed_from_u64(seed),
                late: Vec::new(),
                tap: None,
                requests: 0,
                is_before: false,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("a link does not panic")
    }

    /// Makes the link this bad from now on.
    pub fn set(&self, faults: Faults) {
        self.state().faults = faults;
    }

    /// Lets nothing go wrong any more; copies on their way are gone.
    pub fn heal(&self) {
        let mut state = self.state();
        state.faults = Faults::default();
        state.late.clear();
        state.tap = None;
    }

    /// Puts something between phone and server, or takes it away.
    pub fn tap(&self, tap: Option<Tap>) {
        self.state().tap = tap;
    }

    /// Says whether the phone is of the release before.
    pub fn set_before(&self, is_before: bool) {
        self.state().is_before = is_before;
    }

    /// Whether the phone is of the release before.
    pub fn is_before(&self) -> bool {
        self.state().is_before
    }

    /// Lets the server answer; where phone or node is of the release before, nothing passes that it would not know.
    fn answered(&self, request: &HttpRequest) -> HttpResponse {
        let mut state = self.state();
        let before = self.front.nodes.before();
        let is_old_node = before > 0 && state.rng.random_range(0..100) < before;
        let is_old_phone = state.is_before;
        drop(state);
        if !is_old_phone && !is_old_node {
            return self.front.answer(request);
        }
        if !is_old_phone && let Some(refused) = release::refused_before(request) {
            return refused;
        }
        let answer = self.front.answer(&release::as_before(request));
        assert!(
            release::is_readable_before(&answer),
            "the release before cannot read the answer to {}",
            request.path
        );
        answer
    }

    /// How many requests the phone sent.
    pub fn requests(&self) -> u64 {
        self.state().requests
    }
}

const NO_NETWORK: &str = "no network";

impl Transport for Link {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut state = self.state();
        state.requests += 1;
        let late = if state.late.is_empty() || state.rng.random_bool(0.5) {
            None
        } else {
            Some(state.late.remove(0))
        };
        let faults = state.faults;
        let mut happens = |chance: f64| chance > 0.0 && state.rng.random_bool(chance);
        if happens(faults.offline) {
            return Err(TransportError::Offline(NO_NETWORK.to_owned()));
        }
        if happens(faults.lost_request) {
            return Err(TransportError::Timeout);
        }
        let (is_answer_lost, is_doubled) = (happens(faults.lost_answer), happens(faults.duplicate));
        let (is_copied, is_portal) = (happens(faults.late_copy), happens(faults.portal));
        if is_copied {
            state.late.push(request.clone());
        }
        if let Some(mut tap) = state.tap.take() {
            drop(state);
            let answer = tap(request, &self.front);
            self.state().tap.get_or_insert(tap);
            if let Some(answer) = answer {
                return answer;
            }
        } else {
            drop(state);
        }
        if is_portal {
            return Ok(portal());
        }
        if let Some(late) = late {
            drop(self.answered(&late));
        }
        let mut answer = self.answered(request);
        if is_doubled {
            answer = self.answered(request);
        }
        if is_answer_lost {
            return Err(TransportError::Broken("the answer was lost".to_owned()));
        }
        Ok(answer)
    }
}

/// What a guest network answers to everything.
pub(super) fn portal() -> HttpResponse {
    HttpResponse {
        status: 200,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: b"<html><body>Please log in to Guest-WiFi</body></html>".to_vec(),
    }
}
