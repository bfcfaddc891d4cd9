//! A server with a history: what the browser tests act on, and what pictures of the console's pages show.
//!
//! Three weeks of the made-up township are lived through in a few seconds on a clock that jumps: real devices hand in reports and walk,
//! the room and the departments act through the service. Afterwards the clock is the real one. Nothing here decides anything about reports.

mod clock;
mod control;
mod history;
pub mod journey;
pub mod seed;

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use xunge_core::directory::{DirectoryRecord, Often, VisitRule};
use xunge_server::service::DirectoryChange;

use crate::demo::server::{DemoServer, PASSWORD, Problem, fresh_folder, operator};
use crate::township::{TOWNSHIP, Township, VALID_FROM, person_id};
use clock::StageClock;

/// A server that has lived through three weeks.
pub struct Stage {
    server: DemoServer,
    programme: Value,
}

impl Stage {
    /// Puts everything into `folder`, which is emptied first.
    pub fn set(folder: &Path) -> Result<Self, Problem> {
        let folder = fresh_folder(folder)?;
        let township = Township::new();
        let clock = StageClock::default();
        let server = DemoServer::start(&folder.join("server"), "127.0.0.1:0", Arc::new(clock.clone()))?;
        server.seed(&township)?;
        ask_for_visits(&township, &server)?;
        let told = history::live_through(&township, &server, &clock, &folder)?;
        let tickets: Vec<Value> = ["w01", "w02", "w03"]
            .iter()
            .map(|who| {
                let ticket = server
                    .service
                    .enrolment_create(&operator(), &person_id(who), None)?;
                let code = format!("xunge:1:{}:{}", server.url(), ticket.secret);
                Ok(json!({"person": who, "code": code}))
            })
            .collect::<Result<_, Problem>>()?;
        let programme = json!({
            "url": server.url(),
            "password": PASSWORD,
            "feed": TOWNSHIP,
            "accounts": township.accounts.iter().map(|a| &a.login).collect::<Vec<_>>(),
            "tickets": tickets,
            "reports": told,
        });
        Ok(Self { server, programme })
    }

    /// What there is to be found, as one line of JSON.
    pub fn programme(&self) -> String {
        self.programme.to_string()
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Stops the server.
    pub fn strike(self) {
        self.server.stop();
    }
}

/// Half of the key places must be visited every week, a quarter every month.
fn ask_for_visits(township: &Township, server: &DemoServer) -> Result<(), Problem> {
    let places = township.records.iter().filter_map(|record| match record {
        DirectoryRecord::KeyPlace(place) => Some(place.clone()),
        _ => None,
    });
    let asked = places
        .enumerate()
        .filter(|(n, _)| n % 4 != 3)
        .map(|(n, mut place)| {
            let days = if n % 2 == 0 { 7 } else { 30 };
            place.rule = Some(VisitRule {
                often: Often::EveryDays { days },
                season: None,
                is_daily_in_emergency: false,
            });
            DirectoryChange {
                record: DirectoryRecord::KeyPlace(place),
                valid_from: VALID_FROM,
                valid_to: None,
            }
        });
    let asked: Vec<DirectoryChange> = asked.collect();
    server.service.directory_apply(&operator(), &asked)?;
    Ok(())
}
