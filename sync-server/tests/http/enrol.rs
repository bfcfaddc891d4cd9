//! Enrolment and tokens.

use xunge_core::app::Tab;

use super::town::{OPERATOR, Town};

fn body(secret: &str, key: u64) -> serde_json::Value {
    use rand::SeedableRng;
    let key = xunge_core::signature::SigningKey::random(&mut rand::rngs::StdRng::seed_from_u64(key));
    serde_json::json!({
        "code": secret, "public_key": hex::encode(key.public().0), "app_version": "1", "device_label": "x",
    })
}

#[test]
fn a_code_enrols_one_phone_and_a_second_one_is_refused() {
    let town = Town::open();
    let code = town.code("w1");
    let first = town.post_json("/v1/enrol", &[], &body(&code.secret, 1));
    assert_eq!(first.status, 200, "{first:?}");
    let second = town.post_json("/v1/enrol", &[], &body(&code.secret, 2));
    assert_eq!(
        (second.status, second.code().as_str()),
        (403, "enrolment_invalid")
    );
    // The same phone, which lost the answer, is given it again.
    let again = town.post_json("/v1/enrol", &[], &body(&code.secret, 1));
    assert_eq!(again.status, 200);
    assert_eq!(again.json()["install"], first.json()["install"]);
}

#[test]
fn a_code_past_its_time_and_a_made_up_one_are_refused_alike() {
    let town = Town::open();
    let person = "w1".parse().unwrap();
    let ticket = town
        .service()
        .enrolment_create(&OPERATOR, &person, Some(0))
        .unwrap();
    let late = town.post_json("/v1/enrol", &[], &body(&ticket.secret, 1));
    let made_up = town.post_json("/v1/enrol", &[], &body(&"ab".repeat(32), 1));
    assert_eq!((late.status, made_up.status), (403, 403));
    assert_eq!(late.code(), made_up.code());
}

#[test]
fn many_tries_from_one_address_have_to_wait() {
    let town = Town::open_with(|config| config.limits.enrolments_per_minute_max = 3);
    for _ in 0..3 {
        let reply = town.post_json("/v1/enrol", &[], &body("00", 1));
        assert_eq!(reply.status, 403);
    }
    let reply = town.post_json("/v1/enrol", &[], &body("00", 1));
    assert_eq!((reply.status, reply.code().as_str()), (429, "too_many_requests"));
    let wait: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
}

/// Behind a proxy every phone comes from one address: neither their number nor somebody's guesses keep a good code waiting.
#[test]
fn good_codes_wait_for_nobody_behind_the_same_address() {
    let town = Town::open_with(|config| config.limits.enrolments_per_minute_max = 2);
    for _ in 0..3 {
        town.post_json("/v1/enrol", &[], &body("00", 1));
    }
    assert_eq!(town.post_json("/v1/enrol", &[], &body("00", 1)).status, 429);
    for key in 0..5 {
        let code = town.code("w1");
        let reply = town.post_json("/v1/enrol", &[], &body(&code.secret, key));
        assert_eq!(reply.status, 200, "{reply:?}");
    }
}

#[test]
fn many_tries_with_one_code_have_to_wait_and_keep_no_other_waiting() {
    let town = Town::open_with(|config| config.limits.enrolments_per_minute_max = 2);
    let (spent, fresh) = (town.code("w1"), town.code("w2"));
    let statuses = [1, 2, 2].map(|key| town.post_json("/v1/enrol", &[], &body(&spent.secret, key)).status);
    assert_eq!(statuses, [200, 403, 429]);
    assert_eq!(
        town.post_json("/v1/enrol", &[], &body(&fresh.secret, 3)).status,
        200
    );
}

#[test]
fn tokens_that_are_missing_wrong_or_of_another_install_are_refused_alike() {
    let town = Town::open();
    let install = town.install("w1");
    let other = town.install("w2");
    let swapped = format!("Bearer {}.{}", install.answer.install, other.answer.token);
    let cut = install.bearer[..install.bearer.len() - 2].to_owned();
    for token in [&swapped, &cut, "Bearer x", "Basic abc", "Bearer 00ff"] {
        let reply = town.send("GET", "/v1/queue", &[("authorization", token)], b"");
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (401, "unauthorized"),
            "{token}"
        );
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
    let reply = town.send("GET", "/v1/queue", &[("authorization", &install.bearer)], b"");
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[test]
fn the_device_core_enrols_and_reports_over_loopback_and_hears_of_news_by_waiting() {
    let town = Town::open();
    let worker = town.device("w1");
    let chief = town.device("c1");
    town.report(&worker, "路灯坏了", &[]);
    assert!(
        chief.wait(&town.transport(), 60_000).unwrap(),
        "there is news at once"
    );
    let done = chief.sync(&town.transport(), &Default::default());
    assert!(done.failure.is_none(), "{done:?}");
    assert_eq!(chief.report_count(Tab::Todo).unwrap(), 1);
    assert!(
        !chief.wait(&town.transport(), 1_000).unwrap(),
        "and then there is none"
    );
}

#[test]
fn a_wait_ends_when_the_news_comes_and_when_the_server_stops() {
    let mut town = Town::open();
    let worker = town.device("w1");
    let install = town.install("c1");
    let at = town.at;
    let bearer = install.bearer.clone();
    let ask = move |path: &'static str| {
        let bearer = bearer.clone();
        std::thread::spawn(move || super::client::send(at, "GET", path, &[("authorization", &bearer)], b""))
    };
    let caller = town
        .service()
        .authenticate(install.answer.install, &install.answer.token)
        .unwrap();
    // The directory's rows come first; from there on nothing is new.
    let feed: xunge_core::id::UnitId = "T1".parse().unwrap();
    let head = (1..10_000)
        .find(|cursor| {
            let cursors = [(feed.clone(), *cursor)];
            !town.service().is_behind(&caller, &cursors).unwrap()
        })
        .unwrap();
    let path: &'static str = Box::leak(format!("/v1/wait?feed=T1&cursor={head}").into_boxed_str());
    let waiting = ask(path);
    town.report(&worker, "路灯坏了", &[]);
    let reply = waiting.join().unwrap();
    assert_eq!(
        (reply.status, reply.json()["is_behind"].as_bool()),
        (200, Some(true))
    );
    let waiting = ask("/v1/wait?feed=T1&cursor=1000000");
    town.stop();
    // The poll was cut short or never begun; either way the server has ended and the thread comes back.
    waiting.join().ok();
}
