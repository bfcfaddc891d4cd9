//! The control port of a journey: one plain HTTP request does one thing that a phone cannot do by itself, and is answered when it is done.
//!
//! `POST /cut`, `/restore`, `/captive?on=1`, `/fault?kind=lose_answer&count=1`, `/ticket?person=w01`, `/act?report=…&by=clerk&action=…`,
//! `/order?grid=…&text=…&hours=24`, `/tally`. Answers are JSON; what cannot be done is answered with status 400 and why.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use axum::extract::Query;
use axum::http::Uri;
use serde_json::{Value, json};
use xunge_core::command::Reason;
use xunge_core::id::CommandId;
use xunge_server::Caller;
use xunge_server::service::{ActRequest, NewOrder, ReportRef};

use super::journey::ticket;
use crate::demo::server::{DemoServer, Problem};
use crate::proxy::http::read_request;
use crate::proxy::{Fault, Proxy};
use crate::township::{TOWNSHIP, person_id, unit_id};

/// A control port that serves until it is stopped.
pub(super) struct Control {
    address: SocketAddr,
    is_ended: Arc<AtomicBool>,
    serving: JoinHandle<()>,
    stage: Arc<Stage>,
}

struct Stage {
    server: Mutex<Option<DemoServer>>,
    link: Proxy,
}

impl Control {
    pub(super) fn start(server: DemoServer, link: Proxy) -> Result<Self, Problem> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let is_ended = Arc::new(AtomicBool::new(false));
        let stage = Arc::new(Stage {
            server: Mutex::new(Some(server)),
            link,
        });
        let (ended, shared) = (Arc::clone(&is_ended), Arc::clone(&stage));
        let serving = thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                if ended.load(Ordering::Acquire) {
                    break;
                }
                // Who asks and goes away has no answer: nothing here depends on it.
                drop(shared.serve(&mut stream));
            }
        });
        Ok(Self {
            address,
            is_ended,
            serving,
            stage,
        })
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn stop(self) {
        self.is_ended.store(true, Ordering::Release);
        drop(TcpStream::connect(self.address));
        drop(self.serving.join());
        let server = self
            .stage
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(server) = server {
            server.stop();
        }
    }
}

impl Stage {
    fn serve(&self, stream: &mut TcpStream) -> io::Result<()> {
        let Some(request) = read_request(stream)? else {
            return Ok(());
        };
        let (status, answer) = match self.obey(&request.path) {
            Ok(answer) => ("200 OK", answer),
            Err(problem) => ("400 Bad Request", json!({ "problem": problem.to_string() })),
        };
        let body = answer.to_string();
        write!(
            stream,
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )?;
        stream.shutdown(Shutdown::Write)
    }

    fn obey(&self, path: &str) -> Result<Value, Problem> {
        let asked: Uri = path.parse()?;
        let Query(given) = Query::<BTreeMap<String, String>>::try_from_uri(&asked)?;
        let of = |name: &str| -> Result<&str, Problem> {
            let value = given.get(name).ok_or_else(|| format!("`{name}` is missing"))?;
            Ok(value.as_str())
        };
        match asked.path().trim_start_matches('/') {
            "cut" => self.link.set_offline(true),
            "restore" => {
                self.link.set_plan(Box::new(|_, _, _| Fault::None));
                self.link.set_offline(false);
            }
            "fault" => self.faults(of("kind")?, of("count")?.parse()?)?,
            "tally" => {
                let tally = self.link.tally();
                return Ok(json!({ "requests": tally.requests, "cuts": tally.cuts }));
            }
            "ticket" => {
                let held = self.server.lock().unwrap_or_else(PoisonError::into_inner);
                let server = held.as_ref().ok_or("the server has stopped")?;
                let code = ticket(server, &self.link, &person_id(of("person")?), None)?;
                return Ok(json!({ "code": code }));
            }
            "act" => return self.act(&given),
            "order" => return self.order(&given),
            other => return Err(format!("`{other}` is none of the words").into()),
        }
        Ok(json!({ "done": true }))
    }

    /// The next `count` requests suffer this.
    fn faults(&self, kind: &str, count: u32) -> Result<(), Problem> {
        let fault = match kind {
            "cut_before" => Fault::CutBefore,
            "cut_request" => Fault::CutRequest { after_bytes: 200 },
            "cut_answer" => Fault::CutAnswer { after_bytes: 100 },
            "lose_answer" => Fault::LoseAnswer,
            "half_close" => Fault::HalfClose,
            "duplicate" => Fault::Duplicate,
            "captive_portal" => Fault::CaptivePortal,
            "delay" => Fault::Delay { delay_ms: 1_500 },
            other => return Err(format!("`{other}` is no fault").into()),
        };
        let mut left = count;
        self.link.set_plan(Box::new(move |_, _, _| {
            let is_due = left > 0;
            left = left.saturating_sub(1);
            if is_due { fault } else { Fault::None }
        }));
        Ok(())
    }

    /// Somebody at a desk acts: `action` is the act as JSON.
    fn act(&self, given: &BTreeMap<String, String>) -> Result<Value, Problem> {
        let of = |name: &str| given.get(name).ok_or_else(|| format!("`{name}` is missing"));
        let reason = given.get("reason").map(|words| Reason::words(words.as_str()));
        let request = ActRequest {
            report: ReportRef::Id(of("report")?.parse()?),
            action: serde_json::from_str(of("action")?)?,
            post: None,
            reason,
            text: given.get("text").cloned(),
            saw: None,
            heads: None,
            id: None,
        };
        let held = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let server = held.as_ref().ok_or("the server has stopped")?;
        let done = server.service.act(&desk(of("by")?), &request)?;
        Ok(json!({ "command": done.command.to_string(), "outcome": format!("{:?}", done.outcome) }))
    }

    /// The room orders something of a grid.
    fn order(&self, given: &BTreeMap<String, String>) -> Result<Value, Problem> {
        let of = |name: &str| given.get(name).ok_or_else(|| format!("`{name}` is missing"));
        let hours: i64 = of("hours")?.parse()?;
        let held = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let server = held.as_ref().ok_or("the server has stopped")?;
        let order = NewOrder {
            feed: unit_id(TOWNSHIP),
            grids: vec![unit_id(of("grid")?)],
            category: "environment.rubbish".parse()?,
            text: of("text")?.clone(),
            due_at: server.service.now().plus_ms(hours * 3_600_000),
            id: CommandId::random(&mut rand::rng()),
        };
        let id = server.service.order(&desk("dispatcher"), &order)?;
        Ok(json!({ "order": id.to_string() }))
    }
}

fn desk(login: &str) -> Caller {
    Caller::Account {
        name: login.to_owned(),
        person: person_id(login),
    }
}

/// One request to a control port.
pub(super) fn ask(url: &str, word: &str) -> Result<Value, Problem> {
    use std::io::Read as _;
    let mut stream = TcpStream::connect(url.trim_start_matches("http://"))?;
    write!(
        stream,
        "POST /{word} HTTP/1.1\r\nhost: control\r\ncontent-length: 0\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer
        .split_once("\r\n\r\n")
        .ok_or("the control port said nothing")?;
    Ok(serde_json::from_str(body)?)
}
