//! The demo: a compressed working day of the made-up township on real phones' cores, a real server and a bad network.
//!
//! Nothing here decides anything about reports, and nothing is counted that was not seen on a phone or on the server.

mod clock;
mod cluster;
mod coverage;
mod day;
mod desk;
pub mod display;
mod ledger;
mod patrol;
mod phone;
mod pictures;
pub(crate) mod script;
pub mod server;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use xunge_core::directory::{DayKind, DirectoryRecord};
use xunge_core::time::{Clock, SystemClock};

use crate::proxy::Proxy;
use crate::township::Township;
use clock::{DayClock, is_weekday};
use display::{Display, Progress};
use phone::{DemoPhone, Surroundings};
use server::{DemoServer, PASSWORD, Problem, fresh_folder, operator};

pub use pictures::Pictures;

/// How the demo is to run.
#[derive(Clone, Debug)]
pub struct DemoOptions {
    /// Where it puts its files; emptied first.
    pub folder: PathBuf,
    /// Pictures of the person's own, instead of drawn ones.
    pub photos: Option<PathBuf>,
    /// How long the day lasts in reality.
    pub day: Duration,
    /// Whether three nodes on PostgreSQL and S3 serve the day, killed in turn; it then ends after the ledger.
    pub is_cluster: bool,
    /// Whether it ends after the ledger, instead of keeping the server up.
    pub is_once: bool,
    /// Where the server listens after the day.
    pub address: String,
}

/// Runs the demo; whether nothing was lost.
pub fn run(options: &DemoOptions) -> Result<bool, Problem> {
    let folder = fresh_folder(&options.folder)?;
    let township = Township::new();
    let clock = day_clock(&township, options.day);
    let at = folder.join("server");
    let mut server = match options.is_cluster {
        true => DemoServer::start_cluster(&at, Arc::new(clock.clone()))?,
        false => DemoServer::start(&at, "127.0.0.1:0", Arc::new(clock.clone()))?,
    };
    server.seed(&township)?;
    let shared = Surroundings {
        township,
        progress: Progress::default(),
        pictures: Pictures::from(options.photos.as_deref())?,
    };
    announce(&shared.township, options);
    let mut display = Display::new();
    let phones = hand_out(&shared, &server, &clock, &folder)?;
    let mut phones = day::work(phones, &shared, &server, &clock, &mut display)?;
    server.quiet()?;
    day::evening(&mut phones, &shared, &server, &clock, &mut display)?;

    let checker = day::checker(&server)?;
    let mut ledger = ledger::Ledger::draw_up(&phones, &checker)?;
    let ground = coverage::Ground::draw_up(&phones, &checker, clock.day())?;
    ledger.lost.extend_from_slice(&ground.lost);
    let verified = server.service.verify(None)?;
    let proxies: Vec<Arc<Proxy>> = phones.iter().map(|p| Arc::clone(&p.proxy)).collect();
    ground.print();
    ledger.print(day::traffic(&proxies), &verified.problems);
    let is_whole = ledger.is_whole() && verified.problems.is_empty();
    drop(phones);
    if options.is_once || options.is_cluster {
        server.stop();
        println!("{}", ledger.verdict());
        return Ok(is_whole);
    }
    println!("{}", ledger.verdict());
    server.stop();
    stay_up(&shared.township, &folder, &options.address)?;
    Ok(is_whole)
}

fn day_clock(township: &Township, day: Duration) -> DayClock {
    let named: Vec<_> = township
        .records
        .iter()
        .filter_map(|record| match record {
            DirectoryRecord::CalendarDay(day) => Some((day.on, day.kind)),
            _ => None,
        })
        .collect();
    let is_worked = |on| match named.iter().find(|(day, _)| *day == on) {
        Some((_, kind)) => *kind == DayKind::Work,
        None => is_weekday(on),
    };
    let today = SystemClock.read().wall_at.to_utc().date_naive();
    DayClock::new(today, is_worked, day)
}

fn announce(township: &Township, options: &DemoOptions) {
    let chiefs = township.phones.iter().filter(|p| p.is_chiefs).count();
    let workers: usize = township
        .phones
        .iter()
        .filter(|p| !p.is_chiefs)
        .map(|p| p.profiles.len())
        .sum();
    println!(
        "云枫镇（虚构）：{} 个网格，{workers} 名网格员用 {} 部手机，{chiefs} 名网格长和村长各一部；一天压缩成 {} 秒",
        township.grids.len(),
        township.phones.len() - chiefs,
        options.day.as_secs()
    );
}

/// Every phone gets its own way through the bad network, and its people enrol.
fn hand_out(
    shared: &Surroundings,
    server: &DemoServer,
    clock: &DayClock,
    folder: &Path,
) -> Result<Vec<DemoPhone>, Problem> {
    let mut phones = Vec::new();
    for (seed, plan) in (100..).zip(&shared.township.phones) {
        let proxy = Arc::new(Proxy::start(server.address, day::bad_network(seed))?);
        let at = folder.join("phones").join(&plan.label);
        let mut phone = DemoPhone::new(plan.clone(), at, Arc::clone(&proxy), clock, seed)?;
        for person in &plan.profiles {
            let ticket = server.service.enrolment_create(&operator(), person, None)?;
            phone.enrol(&format!("xunge:1:{}:{}", proxy.url(), ticket.secret))?;
        }
        phones.push(phone);
    }
    Ok(phones)
}

/// The server comes up again on the same database, with the real time, and stays.
fn stay_up(township: &Township, folder: &Path, address: &str) -> Result<(), Problem> {
    let at = folder.join("server");
    let server = DemoServer::start(&at, address, Arc::new(SystemClock))
        .or_else(|_| DemoServer::start(&at, "127.0.0.1:0", Arc::new(SystemClock)))?;
    println!(
        "\n  console {}/console    密码 password of every account: {PASSWORD}",
        server.url()
    );
    for account in &township.accounts {
        println!(
            "  {:<12} {:<16} {}",
            account.login,
            account.duty,
            township.name_of(&account.person)
        );
    }
    let worker = &township.phones[0].profiles[0];
    let ticket = server.service.enrolment_create(&operator(), worker, None)?;
    println!(
        "\n  a phone in another terminal, as {}:",
        township.name_of(worker)
    );
    println!(
        "  xunge-phone --phone /tmp/phone enrol xunge:1:{}:{}",
        server.url(),
        ticket.secret
    );
    println!("\n  ctrl-c stops it");
    server.stay_up();
    server.stop();
    Ok(())
}
