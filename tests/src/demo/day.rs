//! The day from eight to six: phones and desks at work, then the evening in which everything comes in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::clock::{DAY_MIN, DayClock};
use super::desk::{Desk, Room};
use super::display::{Display, Traffic};
use super::phone::{DemoPhone, Surroundings};
use super::server::{DemoServer, Problem};
use crate::proxy::{Fault, Plan, Proxy};

/// In the evening the phones sync this often at most.
const EVENING_ROUNDS_MAX: usize = 60;

/// From this minute of the day on some work is left for the console.
const WORK_LEFT_FROM_MIN: i64 = 180;

/// A plan that harms about one request in six, from a seed.
pub(super) fn bad_network(seed: u64) -> Plan {
    let mut rng = StdRng::seed_from_u64(seed);
    Box::new(move |_, _, _| match rng.random_range(0..100u8) {
        0..2 => Fault::CutBefore,
        2..5 => Fault::CutRequest {
            after_bytes: rng.random_range(1..4_000),
        },
        5..8 => Fault::CutAnswer {
            after_bytes: rng.random_range(0..600),
        },
        8..10 => Fault::LoseAnswer,
        10..12 => Fault::Delay {
            delay_ms: rng.random_range(20..200),
        },
        12..13 => Fault::HalfClose,
        13..15 => Fault::Duplicate,
        15 => Fault::CaptivePortal,
        _ => Fault::None,
    })
}

/// What all links together did.
pub(super) fn traffic(phones: &[Arc<Proxy>]) -> Traffic {
    phones
        .iter()
        .map(|p| p.tally())
        .fold(Traffic::default(), |sum, tally| Traffic {
            requests: sum.requests + tally.requests,
            cuts: sum.cuts + tally.cuts,
            bytes_up: sum.bytes_up + tally.bytes_up,
            bytes_down: sum.bytes_down + tally.bytes_down,
        })
}

/// When each phone captures: (minute, profile), ascending. Most of it between half past eight and half past four.
pub(super) fn rounds(rng: &mut StdRng, profiles: usize) -> Vec<(i64, usize)> {
    let mut captures = Vec::new();
    for profile in 0..profiles {
        for _ in 0..rng.random_range(2..5u8) {
            captures.push((rng.random_range(20..510), profile));
        }
    }
    captures.sort_unstable();
    captures
}

/// Lets everybody work through the day; returns the phones as they are in the evening.
pub(super) fn work(
    phones: Vec<DemoPhone>,
    shared: &Surroundings,
    server: &DemoServer,
    clock: &DayClock,
    display: &mut Display,
) -> Result<Vec<DemoPhone>, Problem> {
    let proxies: Vec<Arc<Proxy>> = phones.iter().map(|p| Arc::clone(&p.proxy)).collect();
    let started = Instant::now();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| -> Result<Vec<DemoPhone>, Problem> {
        let mut seed = 1;
        let lives: Vec<_> = phones
            .into_iter()
            .map(|mut phone| {
                seed += 1;
                let mut rng = StdRng::seed_from_u64(seed);
                let captures = if phone.plan.is_chiefs {
                    Vec::new()
                } else {
                    rounds(&mut rng, phone.plan.profiles.len())
                };
                scope.spawn(move || phone.live(shared, &captures, DAY_MIN).map(|()| phone))
            })
            .collect();
        let desks = scope.spawn(|| at_desks(shared, server, clock, &is_over));
        while !lives.iter().all(thread::ScopedJoinHandle::is_finished) {
            display.paint(
                started.elapsed(),
                &clock.label(),
                clock.share(),
                &shared.progress,
                traffic(&proxies),
            );
            thread::sleep(Duration::from_millis(250));
        }
        is_over.store(true, Ordering::Release);
        let evening: Result<Vec<DemoPhone>, Problem> = lives
            .into_iter()
            .map(|life| {
                life.join()
                    .map_err(|_| Problem::from("a phone's thread ended early"))?
                    .map_err(Problem::from)
            })
            .collect();
        desks
            .join()
            .map_err(|_| Problem::from("the desks' thread ended early"))??;
        evening
    })
}

/// The room and the departments go through the queue; the server looks at the chiefs' clocks.
fn at_desks(
    shared: &Surroundings,
    server: &DemoServer,
    clock: &DayClock,
    is_over: &AtomicBool,
) -> Result<(), Problem> {
    let room = Room::open(&server.url(), &shared.township)?;
    let mut round = 0;
    while !is_over.load(Ordering::Acquire) {
        server.service.tick(clock.now())?;
        room.work(round, clock.minute() > WORK_LEFT_FROM_MIN, &shared.progress);
        round += 1;
        thread::sleep(clock.until(clock.minute() + 8));
    }
    Ok(())
}

/// Everybody is back in the village with a network: phones sync, and what is left is worked off, until nothing moves.
pub(super) fn evening(
    phones: &mut [DemoPhone],
    shared: &Surroundings,
    server: &DemoServer,
    clock: &DayClock,
    display: &mut Display,
) -> Result<(), Problem> {
    let proxies: Vec<Arc<Proxy>> = phones.iter().map(|p| Arc::clone(&p.proxy)).collect();
    let started = Instant::now();
    let room = Room::open(&server.url(), &shared.township)?;
    let mut is_last = false;
    for round in 0..EVENING_ROUNDS_MAX {
        // The first rounds still run over the bad network; then it holds, so that the evening has an end.
        if round == 3 {
            for proxy in &proxies {
                proxy.set_plan(Box::new(|_, _, _| Fault::None));
            }
        }
        let through = thread::scope(|scope| {
            let syncs: Vec<_> = phones
                .iter_mut()
                .map(|phone| scope.spawn(|| phone.evening(shared)))
                .collect();
            syncs
                .into_iter()
                .map(|sync| sync.join().unwrap_or(Ok(false)))
                .collect::<Result<Vec<bool>, _>>()
        })?;
        // What is done after the phones have synced, they learn in the next round. The day's clock runs on and always finds more to do, so
        // that the later rounds only bring home what there is.
        let acts = if round < 12 {
            u64::from(server.service.tick(clock.now())?) + room.work(1, true, &shared.progress)
        } else {
            0
        };
        display.paint(
            started.elapsed(),
            "evening",
            1.0,
            &shared.progress,
            traffic(&proxies),
        );
        let is_quiet = round > 3 && acts == 0 && through.iter().all(|is_through| *is_through);
        if is_quiet && is_last {
            return Ok(());
        }
        is_last = is_quiet;
    }
    Ok(())
}

/// The desk that checks in the end.
pub(super) fn checker(server: &DemoServer) -> Result<Desk, Problem> {
    Ok(Desk::sign_in(&server.url(), "supervisor")?)
}
