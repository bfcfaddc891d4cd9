//! The console at 30,000 reports: pages, search, live news in 50 open consoles, a month as XLSX, and what of memory the server takes for
//! it. All over HTTP from a server in a process of its own; the coverage map from the browser tests' township.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};
use xunge_core::sync::transport::HttpTransport;
use xunge_server::auth::hash_password;
use xunge_server::service::Account;
use xunge_server::{Caller, Service};

use super::device::seeded;
use super::process::{self, ServerProcess, memory_mb};
use super::scale::Township;
use super::township::{ROOM, person};
use super::{Figure, Problem};
use crate::demo::server::PASSWORD;
use crate::stage::Stage;

/// Reports in the township.
const REPORTS: usize = 30_000;

/// Consoles that hear of news.
const CONSOLES: usize = 50;

/// How often each page is timed; the median counts.
const RUNS: usize = 21;

/// Somebody at the console.
pub(super) struct Browser {
    http: Client,
    base: String,
    cookie: String,
}

impl Browser {
    pub(super) fn sign_in(base: &str, name: &str) -> Result<Self, Problem> {
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .build()?;
        let form = format!("name={name}&password={PASSWORD}");
        let answer = http
            .post(format!("{base}/console/login"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()?;
        let cookie = answer.headers().get("set-cookie").ok_or("nobody was signed in")?;
        let cookie = cookie.to_str()?.split(';').next().unwrap_or_default().to_owned();
        Ok(Self {
            http,
            base: base.to_owned(),
            cookie,
        })
    }

    pub(super) fn get(&self, path: &str) -> Result<Response, Problem> {
        let asked = self.http.get(format!("{}{path}", self.base));
        Ok(asked.header("cookie", &self.cookie).send()?.error_for_status()?)
    }

    /// The median time of a page in ms, and its bytes.
    fn timed(&self, path: &str) -> Result<(f64, usize), Problem> {
        let mut bytes = self.get(path)?.bytes()?.len();
        let mut times = Vec::new();
        for _ in 0..RUNS {
            let start = Instant::now();
            bytes = self.get(path)?.bytes()?.len();
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        Ok((times[RUNS / 2], bytes))
    }
}

/// Measures everything: about a minute.
pub fn figures() -> Result<Vec<Figure>, Problem> {
    let mut township = Township::found(&mut seeded(6))?;
    township.grow_to(REPORTS)?;
    let service = process::open_service(&township.server_folder())?;
    make_account(&service)?;
    drop(service);
    let server = ServerProcess::start(&township.server_folder())?;
    // The first transport of a process names the provider of TLS, which every later client needs.
    drop(HttpTransport::new(server.url(), b"")?);
    let room = Browser::sign_in(server.url(), ROOM)?;
    let mut figures = Vec::new();
    pages(&room, &mut figures)?;
    live(&room, &server, &mut figures)?;
    server.stop()?;
    // A server of its own, so that its memory is that of the file and not of the pages before it.
    let server = ServerProcess::start(&township.server_folder())?;
    let room = Browser::sign_in(server.url(), ROOM)?;
    month(&room, &server, &mut figures)?;
    server.stop()?;
    coverage(&mut figures)?;
    Ok(figures)
}

pub(super) fn make_account(service: &Service) -> Result<(), Problem> {
    let account = Account {
        name: ROOM.to_owned(),
        person: person(ROOM),
        password_hash: hash_password(PASSWORD, 10)?,
        is_enabled: true,
        created_at: service.now(),
    };
    service.account_put(&Caller::Operator { person: None }, &account)?;
    Ok(())
}

fn pages(room: &Browser, figures: &mut Vec<Figure>) -> Result<(), Problem> {
    let (ms, bytes) = room.timed("/console/queue")?;
    figures.push(Figure::at_most(
        "console: the queue's first page of 30,000",
        ms,
        "ms",
        30.0,
    ));
    figures.push(Figure::at_most(
        "console: the queue's first page over the wire",
        bytes as f64 / 1e3,
        "KB",
        60.0,
    ));
    // 垃圾, in the name of every report's kind; the first search opens the texts.
    let (ms, _) = room.timed("/console/queue?q=%E5%9E%83%E5%9C%BE")?;
    figures.push(Figure::at_most(
        "console: a search of two characters",
        ms,
        "ms",
        50.0,
    ));
    let (ms, _) = room.timed("/console/figures?by=grid")?;
    figures.push(Figure::told("console: a month's figures by grid", ms, "ms"));
    Ok(())
}

/// Opens the consoles, moves one report, and waits until all have heard.
fn live(room: &Browser, server: &ServerProcess, figures: &mut Vec<Figure>) -> Result<(), Problem> {
    let (tell, told) = mpsc::channel();
    for _ in 0..CONSOLES {
        let stream = room.get("/console/events")?;
        let tell = tell.clone();
        std::thread::spawn(move || {
            let lines = BufReader::new(stream).lines();
            for line in lines.map_while(Result::ok) {
                if line == "event: news" && tell.send(Instant::now()).is_err() {
                    return;
                }
            }
        });
    }
    figures.push(Figure::at_most(
        "console: server with 50 consoles open, resident",
        memory_mb(server.pid(), "VmRSS")?,
        "MB",
        120.0,
    ));
    let report = first_open(room)?;
    let token: Value = serde_json::from_str(
        &room
            .http
            .post(format!("{}/v1/session", room.base))
            .header("content-type", "application/json")
            .body(json!({"name": ROOM, "password": PASSWORD}).to_string())
            .send()?
            .text()?,
    )?;
    let body = json!({"action": {"action": "remark"}, "text": "看一下"});
    room.http
        .post(format!("{}/v1/reports/{report}/acts", room.base))
        .bearer_auth(token["session"].as_str().unwrap_or_default())
        .header("content-type", "application/json")
        .body(body.to_string())
        .send()?
        .error_for_status()?;
    let committed = Instant::now();
    let mut last = committed;
    for _ in 0..CONSOLES {
        last = last.max(told.recv_timeout(Duration::from_secs(20))?);
    }
    figures.push(Figure::at_most(
        "console: news in the last of 50 consoles after the commit",
        last.saturating_duration_since(committed).as_secs_f64() * 1e3,
        "ms",
        1_000.0,
    ));
    Ok(())
}

fn first_open(room: &Browser) -> Result<String, Problem> {
    let page = room.get("/console/queue")?.text()?;
    let id = page
        .split("data-id=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    Ok(id.ok_or("the queue is empty")?.to_owned())
}

fn month(room: &Browser, server: &ServerProcess, figures: &mut Vec<Figure>) -> Result<(), Problem> {
    let start = Instant::now();
    let mut file = room.get("/console/export?state=all&format=xlsx")?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let seconds = start.elapsed().as_secs_f64();
    figures.push(Figure::at_most(
        "console: 30,000 reports as XLSX",
        seconds,
        "s",
        3.0,
    ));
    figures.push(Figure::told(
        "console: size of that file",
        bytes.len() as f64 / 1e6,
        "MB",
    ));
    figures.push(Figure::at_most(
        "console: server that made that file, at most, resident",
        memory_mb(server.pid(), "VmHWM")?,
        "MB",
        100.0,
    ));
    Ok(())
}

fn coverage(figures: &mut Vec<Figure>) -> Result<(), Problem> {
    let disk = tempfile::tempdir()?;
    let stage = Stage::set(&disk.path().join("stage"))?;
    let browser = Browser::sign_in(&stage.url(), "supervisor")?;
    let (ms, bytes) = browser.timed("/console/map/coverage")?;
    figures.push(Figure::at_most(
        "console: coverage map of a township of 25 grids",
        ms,
        "ms",
        100.0,
    ));
    figures.push(Figure::told(
        "console: that map over the wire",
        bytes as f64 / 1e3,
        "KB",
    ));
    let (ms, _) = browser.timed("/console/coverage")?;
    figures.push(Figure::at_most(
        "console: coverage page with its tables",
        ms,
        "ms",
        100.0,
    ));
    stage.strike();
    Ok(())
}
