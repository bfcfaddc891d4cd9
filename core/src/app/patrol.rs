//! Patrols on this phone: each input to the machine is one transaction, durable when the call returns.
//!
//! The patrol under way is kept in memory between calls and checked against its row: what another process wrote is seen. Where memory has
//! none, the app was away, and the machine says so with a gap and its cause. Distance and time are for the worker alone and go nowhere.

use std::sync::{MutexGuard, PoisonError};

use super::Device;
use super::device::{Context, device_time};
use crate::error::Error;
use crate::id::{PatrolId, PersonId, UnitId};
use crate::json;
use crate::patrol::{
    Effect, EventKind, FIX_EVERY_MS, Finding, Fix, GapCause, Input, Patrol, PatrolEvent, PatrolKind,
    PatrolPlan, PatrolState, PlatformFacts, RawFix, self_test,
};
use crate::store::{PatrolRow, StoreError, TrailKind, Tx};
use crate::time::{ClockReading, DeviceTime, TimeQuality, Timestamp};

mod shifted;
mod view;

pub use view::{PatrolStep, PatrolView};

/// A patrol in memory, and what its row said when it was written.
#[derive(Clone, Debug)]
pub(super) struct Live {
    patrol: Patrol,
    revision: i64,
}

/// What came of an input: the patrol, and what was done, in order.
struct Stepped {
    live: Live,
    effects: Vec<Effect>,
}

impl Device {
    /// Starts a patrol in these grids; where none is named, in all grids of the worker's own scope. `order` names the order that it
    /// answers; at `shift_ends_at` (UTC) it ends by itself. Where that is `None` it ends with the township's working hours of that day; not
    /// an emergency patrol, nor one that begins outside them or in their last half hour, and
    /// [`patrol_shift_ends`](Self::patrol_shift_ends) changes it.
    ///
    /// # Errors
    /// [`Error::PatrolRuns`] while another one is under way; [`Error::Patrol`] where there is no grid.
    pub fn patrol_start(
        &self,
        kind: PatrolKind,
        grids: &[UnitId],
        order: Option<String>,
        shift_ends_at: Option<Timestamp>,
    ) -> Result<PatrolStep, Error> {
        let mut turn = self.patrol_turn();
        let stepped = self.write(|tx, context| {
            let now = context.device_time(tx)?;
            shelve_unreadable(tx)?;
            if let Some(under_way) = load(tx, turn.as_ref(), now)? {
                // It may end by itself just now.
                let stepped = step(tx, context, under_way, &Input::Tick, now)?;
                if !is_over(&stepped.live.patrol) {
                    return Err(Error::PatrolRuns);
                }
            }
            let plan = PatrolPlan {
                patrol: context.fresh(|rng| PatrolId::random(rng)),
                install: context.identity.install,
                person: context.me().clone(),
                grids: match grids {
                    [] => own_grids(tx, context)?,
                    named => named.to_vec(),
                },
                kind,
                order,
                shift_ends_at: shift_ends_at.or_else(|| end_of_shift(context, kind, now)),
            };
            let (patrol, effects) = Patrol::start(plan, now)?;
            keep(tx, context, patrol, effects, true, 0)
        })?;
        Ok(settle(&mut turn, stepped))
    }

    /// The worker pauses: nothing is recorded until he goes on.
    ///
    /// # Errors
    /// [`Error::NotFound`] where no patrol is under way; [`Error::Patrol`] where it is paused already.
    pub fn patrol_pause(&self) -> Result<PatrolStep, Error> {
        self.patrol_act(&Input::Pause)
    }

    /// The worker goes on after a pause.
    pub fn patrol_resume(&self) -> Result<PatrolStep, Error> {
        self.patrol_act(&Input::Resume)
    }

    /// The worker ends the patrol.
    pub fn patrol_end(&self) -> Result<PatrolStep, Error> {
        self.patrol_act(&Input::End)
    }

    /// The worker hands the shift over to somebody, who starts a patrol of his own.
    pub fn patrol_hand_over(&self, to: &PersonId) -> Result<PatrolStep, Error> {
        self.patrol_act(&Input::HandOver { to: to.clone() })
    }

    /// The patrol serves other grids from now on.
    pub fn patrol_serve(&self, grids: &[UnitId]) -> Result<PatrolStep, Error> {
        self.patrol_act(&Input::Serve {
            grids: grids.to_vec(),
        })
    }

    /// The shift ends at another time (UTC); `None`: at none.
    pub fn patrol_shift_ends(&self, at: Option<Timestamp>) -> Result<PatrolStep, Error> {
        self.patrol_act(&Input::ShiftEnds { at })
    }

    /// Location was switched on or off, or its permission given or taken.
    pub fn patrol_location(&self, is_on: bool) -> Result<PatrolStep, Error> {
        self.patrol_act(if is_on {
            &Input::LocationOn
        } else {
            &Input::LocationOff
        })
    }

    /// Takes a fix: kept on the disk when this returns, or left out with a reason that is counted. The clocks in `fix.taken` are the
    /// shell's; what the last sync said about them is put in here.
    ///
    /// # Errors
    /// [`Error::NotFound`] where no patrol is under way. A fix during a pause is no error: it is not looked at.
    pub fn add_fix(&self, fix: &RawFix) -> Result<PatrolStep, Error> {
        let mut turn = self.patrol_turn();
        let stepped = self.write(|tx, context| {
            let now = context.device_time(tx)?;
            let taken = device_time(
                tx,
                ClockReading {
                    wall_at: fix.taken.wall_at,
                    monotonic_ms: fix.taken.monotonic_ms,
                    boot: fix.taken.boot,
                },
            )?;
            let input = Input::Fix(RawFix { taken, ..*fix });
            let under_way = load(tx, turn.as_ref(), now)?.ok_or(Error::NotFound("patrol"))?;
            step(tx, context, under_way, &input, now)
        })?;
        Ok(settle(&mut turn, stepped))
    }

    /// Time passes, or the app is back: closes long segments, ends the patrol at the end of the shift or after long stillness. Wanted about
    /// once a minute while a patrol runs, and whenever the app starts. `None` where no patrol is under way.
    pub fn patrol_tick(&self) -> Result<Option<PatrolStep>, Error> {
        let mut turn = self.patrol_turn();
        let stepped = self.write(|tx, context| {
            let now = context.device_time(tx)?;
            match load(tx, turn.as_ref(), now)? {
                Some(under_way) => step(tx, context, under_way, &Input::Tick, now).map(Some),
                None => Ok(None),
            }
        })?;
        Ok(stepped.map(|stepped| settle(&mut turn, stepped)))
    }

    /// Names this run of the phone, as its clock does: for fixes whose shell does not know.
    pub fn boot(&self) -> u64 {
        self.clock().boot
    }

    /// How the patrol under way stands, or the last one; changes nothing. `None` before the first.
    pub fn patrol(&self) -> Result<Option<PatrolView>, Error> {
        let turn = self.patrol_turn();
        self.read(|tx, context| {
            let Some(row) = tx.last_patrol()? else {
                return Ok(None);
            };
            let patrol = match turn.as_ref() {
                Some(live) if fits(tx, live, &row)? => live.patrol.clone(),
                _ => shown(tx, &row)?,
            };
            view::view(tx, patrol, &row, &context.device_time(tx)?).map(Some)
        })
    }

    /// Why tracking would die on this phone, the worst first. How often the system closed the app on the last patrol, and for how long no
    /// position came, is put in here.
    pub fn self_test(&self, facts: &PlatformFacts) -> Result<Vec<Finding>, Error> {
        let silence = self.patrol()?.and_then(|view| view.silence);
        let silent_min = silence.and_then(|silence| u32::try_from(silence.silent_ms / 60_000).ok());
        let killed_count = self.read(|tx, _| {
            let Some(row) = tx.last_patrol()? else {
                return Ok(0);
            };
            let is_kill = |event: &PatrolEvent| {
                matches!(
                    event.event,
                    EventKind::Gap {
                        cause: GapCause::Killed,
                        ..
                    }
                )
            };
            Ok(view::events(tx, &row.patrol)?
                .iter()
                .filter(|e| is_kill(e))
                .count())
        })?;
        let killed_count = u32::try_from(killed_count).unwrap_or(u32::MAX);
        Ok(self_test(&PlatformFacts {
            killed_count: facts.killed_count.max(killed_count),
            silent_min: facts.silent_min.or(silent_min),
            ..*facts
        }))
    }

    fn patrol_act(&self, input: &Input) -> Result<PatrolStep, Error> {
        let mut turn = self.patrol_turn();
        let stepped = self.write(|tx, context| {
            let now = context.device_time(tx)?;
            let under_way = load(tx, turn.as_ref(), now)?.ok_or(Error::NotFound("patrol"))?;
            step(tx, context, under_way, input, now)
        })?;
        let refused = stepped.effects.iter().find_map(|effect| match effect {
            Effect::Refuse(refused) => Some(*refused),
            _ => None,
        });
        let step = settle(&mut turn, stepped);
        match refused {
            Some(refused) => Err(Error::Patrol(refused)),
            None => Ok(step),
        }
    }

    /// Held for the length of a step, before the lock of the store.
    fn patrol_turn(&self) -> MutexGuard<'_, Option<Live>> {
        self.patrol.lock().unwrap_or_else(|poisoned| {
            // A panic rolled its transaction back: what is in memory may be ahead of the rows.
            let mut turn = PoisonError::into_inner(poisoned);
            *turn = None;
            turn
        })
    }
}

/// A patrol under way, and what coming back to it brought.
struct UnderWay {
    patrol: Patrol,
    effects: Vec<Effect>,
    revision: i64,
}

fn is_over(patrol: &Patrol) -> bool {
    matches!(patrol.state(), PatrolState::Ended { .. })
}

/// The grids of the worker's own posts that lie in scope, else all in scope.
fn own_grids(tx: &Tx<'_>, context: &Context<'_>) -> Result<Vec<UnitId>, Error> {
    let fills = tx.scope_grids(&context.identity.township)?;
    Ok(fills.into_iter().filter_map(|fill| fill.grid).collect())
}

/// When the township's working hours end today, where a patrol that begins now is to end with them.
fn end_of_shift(context: &Context<'_>, kind: PatrolKind, now: DeviceTime) -> Option<Timestamp> {
    let judged = now.judge();
    if kind == PatrolKind::Emergency || judged.quality == TimeQuality::Unverified {
        return None;
    }
    let township = &context.identity.township;
    let end = context.directory.working_hours_end(township, judged.at)?;
    (end.ms_since(judged.at) > LAST_OF_SHIFT_MS).then_some(end)
}

/// A patrol that begins within so long before the end of the shift does not end with it, in ms.
const LAST_OF_SHIFT_MS: i64 = 30 * 60_000;

/// Whether what is in memory is what the rows say.
fn fits(tx: &Tx<'_>, live: &Live, row: &PatrolRow) -> Result<bool, StoreError> {
    let is_same = live.patrol.plan().patrol == row.patrol && live.revision == row.revision;
    Ok(is_same && live.patrol.open_fixes().len() == tx.fix_count(&row.patrol)?)
}

/// The patrol under way: from memory where that is up to date, else put together again, with the gap that this leaves.
fn load(tx: &Tx<'_>, live: Option<&Live>, now: DeviceTime) -> Result<Option<UnderWay>, Error> {
    let Some(row) = tx.live_patrol()? else {
        return Ok(None);
    };
    if let Some(live) = live
        && fits(tx, live, &row)?
    {
        return Ok(Some(UnderWay {
            patrol: live.patrol.clone(),
            effects: Vec::new(),
            revision: row.revision,
        }));
    }
    let (patrol, effects) = stored(&row)?.reopen(open_rows(tx, &row.patrol)?, now);
    Ok(Some(UnderWay {
        patrol,
        effects,
        revision: row.revision,
    }))
}

/// The patrol as it lies on the disk, for a look.
pub(super) fn shown(tx: &Tx<'_>, row: &PatrolRow) -> Result<Patrol, Error> {
    Ok(stored(row)?.resting(open_rows(tx, &row.patrol)?))
}

/// A patrol that cannot be read (a damaged row) must not stand in the way of the next: it and its fixes stay for a look.
fn shelve_unreadable(tx: &Tx<'_>) -> Result<(), StoreError> {
    let Some(row) = tx.live_patrol()? else {
        return Ok(());
    };
    if stored(&row).is_err() || open_rows(tx, &row.patrol).is_err() {
        tx.put_patrol(&row.patrol, true, &row.json)?;
    }
    Ok(())
}

fn stored(row: &PatrolRow) -> Result<Patrol, StoreError> {
    json::read(&row.json).map_err(|_| StoreError::Unreadable { what: "patrol" })
}

/// The fixes of the open segment.
fn open_rows(tx: &Tx<'_>, patrol: &PatrolId) -> Result<Vec<Fix>, StoreError> {
    tx.fixes(patrol)?
        .iter()
        .map(|json| json::read(json).map_err(|_| StoreError::Unreadable { what: "fix" }))
        .collect()
}

fn step(
    tx: &Tx<'_>,
    context: &Context<'_>,
    under_way: UnderWay,
    input: &Input,
    now: DeviceTime,
) -> Result<Stepped, Error> {
    let UnderWay {
        mut patrol,
        mut effects,
        revision,
    } = under_way;
    // An end that came with coming back is no reason to refuse what was asked.
    if !is_over(&patrol) {
        effects.extend(patrol.step(input, now));
    }
    let is_plan_changed = matches!(input, Input::ShiftEnds { .. });
    keep(tx, context, patrol, effects, is_plan_changed, revision)
}

/// Carries the effects out and writes the patrol where it has to be.
fn keep(
    tx: &Tx<'_>,
    context: &Context<'_>,
    patrol: Patrol,
    mut effects: Vec<Effect>,
    is_to_be_written: bool,
    revision: i64,
) -> Result<Stepped, Error> {
    let name = patrol.plan().patrol;
    let mut told = Vec::new();
    for effect in &effects {
        match effect {
            Effect::KeepFix(fix) => tx.add_fix(&name, &json(fix))?,
            Effect::Close(segment) => {
                let (hash, bytes) = (&segment.hash.0, &segment.bytes);
                match shifted::look(tx, context, &patrol, bytes)? {
                    None => tx.add_trail(TrailKind::Track, hash, Some(&name), bytes, context.now_ms())?,
                    Some((event, notice)) => {
                        tx.add_patrol_event(&name, &json(&event))?;
                        told.push(Effect::Tell(notice));
                    }
                }
                tx.clear_fixes(&name)?;
            }
            Effect::Remember(event) => tx.add_patrol_event(&name, &json(event))?,
            Effect::Dropped(_)
            | Effect::Save
            | Effect::Locate { .. }
            | Effect::Tell(_)
            | Effect::Refuse(_) => {}
        }
    }
    let is_plain = effects.iter().all(|effect| {
        matches!(
            effect,
            Effect::Dropped(_) | Effect::KeepFix(_) | Effect::Refuse(_)
        )
    });
    let revision = if is_to_be_written || !is_plain {
        tx.put_patrol(&name, is_over(&patrol), &json(&patrol))?
    } else {
        revision
    };
    effects.extend(told);
    Ok(Stepped {
        live: Live { patrol, revision },
        effects,
    })
}

/// What is durable now is what memory holds.
fn settle(turn: &mut Option<Live>, stepped: Stepped) -> PatrolStep {
    let patrol = &stepped.live.patrol;
    let mut step = PatrolStep {
        patrol: patrol.plan().patrol,
        state: patrol.state(),
        is_kept: false,
        dropped: None,
        notices: Vec::new(),
        fix_every_ms: (patrol.state() == PatrolState::Running).then_some(FIX_EVERY_MS),
    };
    for effect in &stepped.effects {
        match effect {
            Effect::KeepFix(_) => step.is_kept = true,
            Effect::Dropped(reason) => step.dropped = Some(*reason),
            Effect::Tell(notice) => step.notices.push(*notice),
            _ => {}
        }
    }
    *turn = (!is_over(patrol)).then_some(stepped.live);
    step
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("patrols are plain JSON")
}

/// A phone that came out of a backup: the patrol that was under way goes on under another name, since segments of the old one with the same
/// numbers may be on the server.
pub(super) fn heal_restored(tx: &Tx<'_>, rng: &mut dyn rand::Rng) -> Result<(), StoreError> {
    let Some(row) = tx.live_patrol()? else {
        return Ok(());
    };
    let name = PatrolId::random(rng);
    let Ok(mut patrol) = json::read::<serde_json::Value>(&row.json) else {
        return Ok(());
    };
    let plan = patrol.get_mut("plan").and_then(|plan| plan.get_mut("patrol"));
    if let Some(place) = plan {
        *place = serde_json::Value::String(name.to_string());
        tx.rename_patrol(&row.patrol, &name, &patrol.to_string())?;
    }
    Ok(())
}
