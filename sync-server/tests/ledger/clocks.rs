//! What the server's clock does: it reminds owners, each once, and sets clocks anew where the township's rules change.

use xunge_core::command::{Action, ActionKind, Outcome};
use xunge_core::directory::{Allowance, DirectoryRecord, Limits, Policy, Role};
use xunge_core::id::ReportId;
use xunge_core::time::Timestamp;
use xunge_core::workflow::{Nudge, Stage, reminder_of};
use xunge_server::service::{DirectoryChange, DueStage, QueueQuery, ReportRef};

use super::world::{START, World, account, change, operator, person, post, unit};

const HOUR_MS: i64 = 3_600_000;

fn at(hours: i64) -> Timestamp {
    START.plus_ms(hours * HOUR_MS)
}

/// Whom the server reminded of what, in order.
fn reminders(world: &World, report: ReportId) -> Vec<(Stage, Nudge, String)> {
    let story = world
        .service
        .report_story(&operator("room"), &ReportRef::Id(report), None)
        .unwrap();
    let urges = story
        .events
        .iter()
        .filter(|e| e.command.action.kind() == ActionKind::Urge);
    urges
        .filter_map(|event| {
            let code = event.command.reason.as_ref()?.code.clone()?;
            let (stage, nudge, owner) = reminder_of(&code)?;
            Some((stage, nudge, owner.to_string()))
        })
        .collect()
}

fn policy() -> Policy {
    Policy {
        unit: unit("T1"),
        zone: None,
        chief_clock_working_min: None,
        working_hours_min: None,
        picture_long_side_px: None,
        is_emergency: false,
        sight: None,
        track_keep_days: None,
        keep: Default::default(),
        limits: Limits::default(),
        emergency_limits: Limits::default(),
        quiet_hours_min: None,
        category_limits: std::collections::BTreeMap::new(),
    }
}

fn apply(world: &World, policy: Policy, from: Timestamp) {
    let change = DirectoryChange {
        record: DirectoryRecord::Policy(policy),
        valid_from: from,
        valid_to: None,
    };
    world
        .service
        .directory_apply(&operator("room"), &[change])
        .unwrap();
}

#[test]
fn the_room_is_urged_and_its_supervisor_told_each_once() {
    let world = World::new();
    let supervisor = post("P-v1-s", "T1", Role::Supervisor, "v1", None);
    world
        .service
        .directory_apply(&operator("room"), &[change(supervisor)])
        .unwrap();
    let mut worker = world.phone("w1");
    let (made, _) = worker.submit(&world, "G1");
    assert_eq!(world.act("c1", made.id, Action::Approve), Outcome::Accepted);
    // Queued at 10:00: three quarters of a day end at 04:00, which lies in the quiet hours.
    assert_eq!(world.service.tick(at(20)).unwrap(), 0);
    assert_eq!(world.service.tick(at(21)).unwrap(), 1);
    assert_eq!(world.service.tick(at(22)).unwrap(), 0, "once");
    assert_eq!(world.service.tick(at(24)).unwrap(), 1);
    assert_eq!(world.service.tick(at(25)).unwrap(), 0, "once");
    assert_eq!(
        reminders(&world, made.id),
        [
            (Stage::Dispatch, Nudge::Urge, "room".to_owned()),
            (Stage::Dispatch, Nudge::Escalate, "v1".to_owned()),
        ]
    );
    world.assert_sound();
}

#[test]
fn a_changed_policy_and_an_emergency_set_running_clocks_anew() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let (made, _) = worker.submit(&world, "G1");
    assert_eq!(world.act("c1", made.id, Action::Approve), Outcome::Accepted);
    let due = || {
        let page = world
            .service
            .queue(&account("room"), &QueueQuery::default())
            .unwrap();
        let row = page.rows.into_iter().find(|row| row.report == made.id).unwrap();
        (row.due_stage, row.due_at)
    };
    assert_eq!(due(), (Some(DueStage::Dispatch), Some(at(24))));
    let limits = Limits {
        close: Some(Allowance::RoundTheClock { minutes: 600 }),
        ..Limits::default()
    };
    apply(&world, Policy { limits, ..policy() }, Timestamp(0));
    world.service.tick(world.service.now()).unwrap();
    assert_eq!(due(), (Some(DueStage::Close), Some(at(10))));
    let alarm = Policy {
        is_emergency: true,
        ..policy()
    };
    apply(&world, alarm, at(1));
    world.clock.pass_ms(2 * HOUR_MS);
    world.service.tick(world.service.now()).unwrap();
    assert_eq!(due(), (Some(DueStage::Dispatch), Some(at(3))));
}

#[test]
fn who_reminds_is_the_server_and_nobody_can_say_it_for_him() {
    let world = World::new();
    let mut worker = world.phone("w1");
    let (made, _) = worker.submit(&world, "G1");
    world.service.tick(at(5)).unwrap();
    assert_eq!(
        reminders(&world, made.id),
        [(Stage::Chief, Nudge::Urge, "c1".to_owned())]
    );
    let story = world
        .service
        .report_story(&account("room"), &ReportRef::Id(made.id), None)
        .unwrap();
    assert_eq!(story.matter.unwrap().reminded[0].owner, person("c1"));
    // The chief is passed by when his clock has ended, on the same day at 16:00.
    assert_eq!(world.service.tick(at(6)).unwrap(), 1);
    assert!(story.events.last().unwrap().is_console);
}
