//! Whole requests at the server's router: every answer is one of the foreseen, and what stands afterwards verifies.

use std::sync::Arc;

use rand::RngExt;
use rand::rngs::StdRng;
use xunge_core::sync::codec::{self, Encoding};
use xunge_core::sync::message::SyncRequest;
use xunge_core::sync::transport::{HttpRequest, Method};

use super::heard::PLAIN_BYTES_MAX;
use super::{Heard, Taken, Target, alter, documents};
use crate::world::Front;

/// Requests as texts: a line with method and path, a line for each header, an empty line, the body.
pub(super) struct Edge {
    examples: Vec<Vec<u8>>,
    front: Arc<Front>,
}

impl Edge {
    pub(super) fn new(heard: &Heard) -> Self {
        let requests = heard.talk.iter().map(|(request, _)| spelled(&unpacked(request)));
        let mut examples: Vec<Vec<u8>> = requests.collect();
        let token = heard
            .talk
            .iter()
            .find_map(|(request, _)| header(request, "authorization"));
        let token = token.expect("phones name themselves");
        for path in [
            "/v1/reports",
            "/v1/queue?limit=5",
            "/v1/coverage",
            "/v1/directory",
            "/v1/health",
            "/console/login",
        ] {
            examples.push(format!("GET {path}\nauthorization: {token}\n\n").into_bytes());
        }
        examples.push(b"POST /v1/enrol\ncontent-type: application/json\n\n{\"code\":\"x\",\"public_key\":\"04\",\"app_version\":\"1\",\"device_label\":\"a\"}".to_vec());
        Self {
            examples,
            front: Arc::clone(&heard.world.front),
        }
    }
}

fn header(request: &HttpRequest, name: &str) -> Option<String> {
    let found = request.headers.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.clone())
}

/// A sync request without its compression, so that damages reach the message.
fn unpacked(request: &HttpRequest) -> HttpRequest {
    let mut request = request.clone();
    let encoding = Encoding::of_header(header(&request, "content-encoding").as_deref());
    let read =
        encoding.map(|encoding| codec::unpack::<SyncRequest>(&request.body, encoding, PLAIN_BYTES_MAX));
    if let Some(Ok(message)) = read {
        request.body = documents::plain(&message);
        request.headers.retain(|(name, _)| name != "content-encoding");
    }
    request
}

fn spelled(request: &HttpRequest) -> Vec<u8> {
    let mut text = format!("{} {}\n", request.method.as_str(), request.path);
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {value}\n"));
    }
    text.push('\n');
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&request.body);
    bytes
}

/// What a text says; `None` where no client could send that.
fn read(bytes: &[u8]) -> Option<HttpRequest> {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split('\n');
    let (method, path) = lines.next()?.split_once(' ')?;
    let methods = [Method::Get, Method::Post, Method::Patch, Method::Head];
    let method = methods.into_iter().find(|known| known.as_str() == method)?;
    let headers: Option<Vec<(String, String)>> = lines
        .map(|line| {
            line.split_once(": ")
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        })
        .collect();
    let request = HttpRequest {
        method,
        path: path.to_owned(),
        headers: headers?,
        body: bytes[end + 2..].to_vec(),
        timeout_ms: 1_000,
    };
    Front::can_carry(&request).then_some(request)
}

impl Target for Edge {
    fn name(&self) -> &'static str {
        "edge"
    }

    fn examples(&self) -> &[Vec<u8>] {
        &self.examples
    }

    fn alter(&self, example: &[u8], rng: &mut StdRng) -> Vec<u8> {
        let end = example.windows(2).position(|pair| pair == b"\n\n").unwrap_or(0) + 2;
        let (head, body) = example.split_at(end.min(example.len()));
        if body.is_empty() || rng.random_bool(0.3) {
            [&alter::damage_text(head, rng), body].concat()
        } else {
            [head, &alter::damage(body, rng)].concat()
        }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<Taken, String> {
        let Some(request) = read(bytes) else {
            return Ok(Taken::Refused);
        };
        let answer = self.front.answer(&request);
        match answer.status {
            500.. => Err(format!(
                "{}: {}",
                answer.status,
                String::from_utf8_lossy(&answer.body)
            )),
            200..400 => Ok(Taken::Accepted),
            _ => Ok(Taken::Refused),
        }
    }

    fn close(&mut self) -> Result<(), String> {
        let verified = self.front.service().verify(None).map_err(|e| e.to_string())?;
        match verified.problems.first() {
            Some(problem) => Err(format!("the server does not verify any more: {problem}")),
            None => Ok(()),
        }
    }
}
