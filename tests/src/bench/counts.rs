//! Work whose instructions callgrind counts (`make counts`): each kind is one call of [`counted`], which is all that is collected.
//!
//! Counts do not depend on how busy a machine is, so that a rise of some percent shows where times would not tell. Kinds and their
//! committed counts stand in `tests/counts.txt`.

use std::hint::black_box;

use rand::rngs::StdRng;
use xunge_core::command::Action;
use xunge_core::sync::message::{Item, SyncAnswer, SyncRequest};
use xunge_core::sync::vouch;
use xunge_server::{Caller, Service};

use super::device::seeded;
use super::thin::{Phone, assert_taken};
use super::township::{SUPERVISOR, grid_of, worker};
use super::{Problem, patrol, process};

/// Reports that are there before.
const REPORTS: usize = 24;

/// What can be counted.
pub const KINDS: [&str; 4] = ["push_one_report", "idle_sync", "one_page", "one_coverage_update"];

/// The one function whose instructions are collected, by its name.
#[inline(never)]
pub fn counted(service: &Service, caller: &Caller, request: &SyncRequest) -> Result<SyncAnswer, Problem> {
    Ok(black_box(service).sync(caller, request)?)
}

/// Counts a sync, and sees that it did what it should: everything was taken. How many rows came.
fn count(service: &Service, caller: &Caller, request: &SyncRequest) -> Result<usize, Problem> {
    let mut answer = counted(service, caller, request)?;
    vouch::open(
        &mut answer,
        &request.items,
        &service.secrets().server_key.public(),
    )?;
    assert_taken(&answer.results);
    Ok(answer.pages.iter().map(|page| page.rows.len()).sum())
}

/// Does the work of one kind.
///
/// # Errors
/// For an unknown kind, and where the work is not what it should be.
pub fn run(kind: &str) -> Result<(), Problem> {
    let mut rng = seeded(40);
    let disk = tempfile::tempdir()?;
    let folder = disk.path().join("server");
    if kind == "one_coverage_update" {
        let (service, phone, segment) = patrol::one_segment(&folder, &mut rng)?;
        count(&service, &phone.caller, &phone.request(vec![segment]))?;
        return Ok(());
    }
    process::make_server(&folder, &mut rng)?;
    let service = process::open_service(&folder)?;
    let mut phone = filled(&service, &mut rng);
    match kind {
        "push_one_report" => {
            let request = one_report(&mut phone);
            count(&service, &phone.caller, &request)?;
        }
        "idle_sync" => {
            catch_up(&service, &mut phone)?;
            let request = phone.request(Vec::new());
            // The first fills what later ones find.
            service.sync(&phone.caller, &request)?;
            count(&service, &phone.caller, &request)?;
        }
        "one_page" => {
            let mut reader = Phone::enrol(&service, SUPERVISOR, &mut rng);
            catch_up(&service, &mut reader)?;
            for _ in 0..REPORTS / 4 {
                let request = one_report(&mut phone);
                service.sync(&phone.caller, &request)?;
            }
            let rows = count(&service, &reader.caller, &reader.request(Vec::new()))?;
            if rows < REPORTS / 4 {
                return Err(format!("a page of {rows} rows").into());
            }
        }
        _ => return Err(format!("there is no kind `{kind}`: {}", KINDS.join(", ")).into()),
    }
    Ok(())
}

/// A worker's phone that has handed in reports.
fn filled(service: &Service, rng: &mut StdRng) -> Phone {
    let mut phone = Phone::enrol(service, &worker(0), rng);
    for _ in 0..REPORTS {
        let request = one_report(&mut phone);
        phone.push(service, request.items);
    }
    phone
}

fn one_report(phone: &mut Phone) -> SyncRequest {
    let made = phone.make(grid_of(0).as_str());
    let change = Item::Change {
        report: made.id,
        bytes: made.changes[0].clone().into(),
    };
    let action = Action::Submit {
        opening: made.opening.clone(),
    };
    let submit = phone.command(made.version, &made, action, None);
    phone.request(vec![change, submit])
}

fn catch_up(service: &Service, phone: &mut Phone) -> Result<(), Problem> {
    loop {
        let answer = service.sync(&phone.caller, &phone.request(Vec::new()))?;
        for page in &answer.pages {
            phone.position.cursor = page.cursor;
            phone.position.scope = page.scope.as_ref().map(|s| s.tag).or(phone.position.scope);
        }
        phone.position.generation = Some(answer.generation);
        if !answer.more {
            return Ok(());
        }
    }
}
