//! Coverage over HTTP: who may ask what, and what the answers hold.

use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use xunge_core::directory::{DirectoryRecord, KeyPlace, Often, Unit, UnitKind, VisitRule};
use xunge_core::enrolment::EnrolRequest;
use xunge_core::id::{ChangeHash, InstallId, PatrolId};
use xunge_core::patrol::{CloseCause, DropCounts, Fix, FixClock, PatrolKind, Segment, SegmentHeader};
use xunge_core::place::{MicroPosition, Provider};
use xunge_core::signature::SigningKey;
use xunge_core::sync::message::{Item, ItemResult, Manifest, ManifestSeal, PROTOCOL, SyncRequest};
use xunge_core::time::{DeviceTime, Timestamp};
use xunge_server::auth::hash_password;
use xunge_server::service::{Account, DirectoryChange};

use super::town::{OPERATOR, Town};

const PASSWORD: &str = "four unrelated words here";

fn drawn(id: &str, west: f64) -> DirectoryRecord {
    let (east, south, north) = (west + 0.005, 28.3, 28.305);
    let ring = vec![
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
    ];
    DirectoryRecord::Unit(Unit {
        id: id.parse().unwrap(),
        name: id.to_owned(),
        kind: UnitKind::Grid,
        parent: Some("V1".parse().unwrap()),
        boundary: Some(vec![vec![ring]]),
        telephone: None,
        has_accounts: true,
    })
}

fn school() -> DirectoryRecord {
    DirectoryRecord::KeyPlace(KeyPlace {
        id: "school".into(),
        name: "学校".into(),
        grid: "G2".parse().unwrap(),
        lat_deg: 28.302,
        lon_deg: 120.907,
        category: None,
        outline: None,
        rule: Some(VisitRule {
            often: Often::EveryDays { days: 7 },
            season: None,
            is_daily_in_emergency: false,
        }),
        excuses: Vec::new(),
    })
}

/// A walk to the east through the first grid, an hour long and up to now.
fn segment(install: InstallId, now: Timestamp) -> Segment {
    let begun_at = Timestamp(now.as_millis() / 1_000 * 1_000 - 600_000);
    let fix = |i: i32| Fix {
        at: begun_at.plus_ms(i64::from(i) * 5_000),
        clock: FixClock::Satellite,
        position: MicroPosition {
            lat_e6: 28_302_500,
            lon_e6: 120_900_500 + 60 * i,
        },
        accuracy_m: Some(if i > 40 { 60 } else { 6 }),
        speed_dmps: None,
        bearing_deg: None,
        provider: Provider::Satellite,
        is_mock: false,
        battery_percent: None,
        gap_before: None,
    };
    let fixes: Vec<Fix> = (0..60).map(fix).collect();
    Segment {
        header: SegmentHeader {
            patrol: PatrolId::from_bytes([5; 16]),
            install,
            person: "w1".parse().unwrap(),
            grids: vec!["G1".parse().unwrap()],
            kind: PatrolKind::Routine,
            order: None,
            index: 0,
            boot: 1,
            begun_monotonic_ms: 1,
            begun_at,
            closed_at: fixes[59].at,
            clock: FixClock::Satellite,
        },
        lead: None,
        fixes,
        dropped: DropCounts::default(),
        closed: CloseCause::Full,
    }
}

/// A town with drawn grids, a walk in the first one, and an account of the room; gives the day of the walk.
fn walked(town: &Town) -> String {
    let records = [drawn("G1", 120.9), drawn("G2", 120.905), school()].map(|record| DirectoryChange {
        record,
        valid_from: Timestamp(0),
        valid_to: None,
    });
    town.service().directory_apply(&OPERATOR, &records).unwrap();
    let account = Account {
        name: "kate".into(),
        person: "k1".parse().unwrap(),
        password_hash: hash_password(PASSWORD, 10).unwrap(),
        is_enabled: true,
        created_at: town.service().now(),
    };
    town.service().account_put(&OPERATOR, &account).unwrap();
    let key = SigningKey::random(&mut StdRng::seed_from_u64(4));
    let answer = town
        .service()
        .enrolment_redeem(&EnrolRequest {
            code: town.code("w1").secret,
            public_key: hex::encode(key.public().0),
            app_version: "test".into(),
            device_label: "walker".into(),
        })
        .unwrap();
    let caller = town
        .service()
        .authenticate(answer.install, &answer.token)
        .unwrap();
    let now = town.service().now();
    let segment = segment(answer.install, now);
    let (_, bytes) = segment.encode().unwrap();
    let items = vec![Item::Track { bytes: bytes.into() }];
    let at = DeviceTime {
        wall_at: now,
        monotonic_ms: 0,
        boot: 1,
        server_offset_ms: None,
        server_offset_age_ms: None,
    };
    let manifest = Manifest {
        install: answer.install,
        names: items.iter().map(|item| ChangeHash(item.name())).collect(),
        at,
    };
    let signature = key.sign("manifest", &minicbor::to_vec(&manifest).unwrap());
    let request = SyncRequest {
        protocol: PROTOCOL,
        install: answer.install,
        feeds: Vec::new(),
        items,
        manifest: Some(ManifestSeal { at, signature }),
        answer_bytes_max: 1 << 20,
        at,
        health: None,
        backfill: Vec::new(),
        repair: None,
        vouches: Vec::new(),
        coverage: None,
    };
    let results = town.service().sync(&caller, &request).unwrap().results;
    assert_eq!(results, vec![ItemResult::Stored]);
    segment
        .header
        .begun_at
        .day_in(chrono_tz::Asia::Shanghai)
        .to_string()
}

fn session(town: &Town) -> String {
    let reply = town.post_json("/v1/session", &[], &json!({"name": "kate", "password": PASSWORD}));
    format!("Bearer {}", reply.json()["session"].as_str().unwrap())
}

fn get(town: &Town, bearer: &str, path: &str) -> (u16, Value) {
    let reply = town.send("GET", path, &[("authorization", bearer)], b"");
    (reply.status, reply.json())
}

#[test]
fn a_day_before_the_directory_begins_is_told_of_the_grids_of_today() {
    let town = Town::open();
    walked(&town);
    let (status, answer) = get(&town, &session(&town), "/v1/coverage?period=1969-12-30");
    assert_eq!(status, 200, "{answer}");
    assert!(answer["total"]["share"]["reachable"].as_u64().unwrap() > 1_000);
    assert_eq!(answer["total"]["share"]["seen"], 0);
}

#[test]
fn each_address_of_coverage_answers_those_who_may_ask_and_nobody_else() {
    let town = Town::open();
    walked(&town);
    let room = session(&town);
    let [worker, other] = ["w1", "w2"].map(|who| town.install(who).bearer);
    let nobody = "Bearer 00";
    for (path, asks, wanted) in [
        ("/v1/coverage", [&room, &worker, &other], [200, 200, 200]),
        ("/v1/coverage?unit=G1", [&room, &worker, &other], [200, 200, 404]),
        (
            "/v1/coverage?unit=V1&period=2026-11",
            [&room, &worker, &other],
            [200, 200, 200],
        ),
        ("/v1/coverage?feed=T9", [&room, &worker, &other], [404, 404, 404]),
        (
            "/v1/coverage?period=lately",
            [&room, &worker, &other],
            [400, 400, 400],
        ),
        (
            "/v1/coverage/cells?unit=G1",
            [&room, &worker, &other],
            [200, 200, 404],
        ),
        (
            "/v1/coverage/cells?layer=age",
            [&room, &worker, &other],
            [200, 200, 200],
        ),
        (
            "/v1/coverage/cells?layer=all",
            [&room, &worker, &other],
            [400, 400, 400],
        ),
        (
            "/v1/coverage/key-places",
            [&room, &worker, &other],
            [200, 200, 200],
        ),
        ("/v1/coverage/phones", [&room, &worker, &other], [200, 403, 403]),
    ] {
        for (bearer, wanted) in asks.iter().zip(wanted) {
            let (status, body) = get(&town, bearer, path);
            assert_eq!(status, wanted, "{path}: {body}");
        }
        assert_eq!(get(&town, nobody, path).0, 401, "{path}");
    }
}

#[test]
fn shares_cells_places_and_phones_say_what_was_walked() {
    let town = Town::open();
    let day = walked(&town);
    let room = session(&town);
    let (_, all) = get(&town, &room, &format!("/v1/coverage?period={day}"));
    assert_eq!(all["grids"].as_array().unwrap().len(), 2, "{all}");
    let (first, second) = (&all["grids"][0], &all["grids"][1]);
    let cells = |unit: &Value, name: &str| unit["share"][name].as_u64().unwrap();
    assert!(
        cells(first, "seen") > 20 && cells(first, "unknown") > 5,
        "{first}"
    );
    assert_eq!(first["share"]["unknown_by"][0]["cause"], "poor_reception");
    for unit in [first, second, &all["villages"][0], &all["total"]] {
        let parts = cells(unit, "seen") + cells(unit, "unknown") + cells(unit, "unseen");
        assert_eq!(parts, cells(unit, "reachable"));
    }
    assert_eq!(cells(second, "seen"), 0);
    assert_eq!(cells(&all["total"], "seen"), cells(first, "seen"));
    assert_eq!(
        (first["patrols"].as_u64(), second["patrols"].as_u64()),
        (Some(1), Some(0))
    );
    assert_eq!(first["days_since_seen"][0][0], 0);
    assert_eq!(
        second["blind_spots"][0]["weeks"], 8,
        "nobody was in the second grid"
    );
    let text = all.to_string();
    assert!(
        !text.contains("w1") && !text.contains("人员"),
        "no person: {text}"
    );
    let (_, map) = get(&town, &room, &format!("/v1/coverage/cells?unit=G1&period={day}"));
    let states: Vec<&str> = map["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["properties"]["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["seen", "unknown", "unseen"]);
    assert_eq!(map["features"][0]["properties"]["cells"], first["share"]["seen"]);
    let (_, places) = get(&town, &room, &format!("/v1/coverage/key-places?period={day}"));
    assert_eq!(places["places"][0]["standing"], "overdue", "{places}");
    let (_, phones) = get(&town, &room, &format!("/v1/coverage/phones?period={day}"));
    assert!(
        phones["phones"].as_array().unwrap().is_empty(),
        "heard today: {phones}"
    );
    let audit = town.service().audit(Some(&"T1".parse().unwrap()), 50).unwrap();
    assert!(
        audit
            .iter()
            .any(|line| line.kind == "silence_read" && line.actor == "account:kate")
    );
    let metrics = String::from_utf8(town.send("GET", "/metrics", &[], b"").body).unwrap();
    assert!(
        metrics.contains("\nxunge_tracks 1\n") && metrics.contains("\nxunge_coverage_days "),
        "{metrics}"
    );
    let description = town.send("GET", "/openapi.json", &[], b"").json();
    assert!(description["paths"]["/v1/coverage/cells"].is_object());
}

#[test]
fn coverage_that_a_phone_lost_comes_again_with_a_later_look() {
    let town = Town::open();
    let day = walked(&town);
    let phone = town.device("w1");
    let sync = || phone.sync(&town.transport(), &Default::default());
    let seen = || {
        let view = phone
            .coverage(&"G1".parse().unwrap(), day.parse().unwrap())
            .unwrap();
        (view.coverage, view.patrol_count)
    };
    assert!(sync().is_complete());
    let before = seen();
    assert!(!before.0.seen.is_empty() && before.1 == 1);
    let database = phone.folder().join(xunge_core::store::DATABASE_NAME);
    let damage = |sql: &str| {
        rusqlite::Connection::open(&database)
            .unwrap()
            .execute_batch(sql)
            .unwrap()
    };
    // Something ate the rows; the next look is hours away.
    damage("DELETE FROM coverage_cells; DELETE FROM coverage_patrol;");
    assert!(sync().is_complete());
    assert!(seen().0.is_empty());
    let later = "DELETE FROM setting WHERE name = 'coverage_checked_at';";
    damage(later);
    assert!(sync().is_complete());
    assert_eq!(seen(), before);
    // Where nothing is missing a look brings nothing.
    damage(later);
    assert_eq!(sync().rows_taken, 0);
    assert_eq!(seen(), before);
}

#[test]
fn coverage_wakes_nobody_who_waits() {
    let town = Town::open();
    let phone = town.device("w1");
    let feed: xunge_core::id::UnitId = "T1".parse().unwrap();
    let now = || *town.service().heads(&OPERATOR).unwrap().last().unwrap();
    let is_behind = |cursor| {
        town.service()
            .is_behind(&OPERATOR, &[(feed.clone(), cursor)])
            .unwrap()
    };
    let before = now();
    walked(&town);
    assert!(is_behind(before), "the directory grew");
    let (after_directory, end) = (now() - 1, now());
    assert!(!is_behind(after_directory), "only coverage came after it");
    town.report(&phone, "路灯坏了", &[]);
    assert!(is_behind(end));
    assert!(is_behind(after_directory));
}
