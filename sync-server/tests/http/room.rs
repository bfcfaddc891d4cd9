//! People of the room: signing in, the queue, a report, acts.

use serde_json::json;
use xunge_server::auth::hash_password;
use xunge_server::service::Account;

use super::town::{OPERATOR, Town};

const PASSWORD: &str = "four unrelated words here";

fn with_account(town: &Town) {
    let account = Account {
        name: "kate".into(),
        person: "k1".parse().unwrap(),
        password_hash: hash_password(PASSWORD, 10).unwrap(),
        is_enabled: true,
        created_at: town.service().now(),
    };
    town.service().account_put(&OPERATOR, &account).unwrap();
}

#[test]
fn signing_in_gives_a_session_and_signing_out_ends_it() {
    let town = Town::open();
    with_account(&town);
    let reply = town.post_json("/v1/session", &[], &json!({"name": "kate", "password": PASSWORD}));
    assert_eq!(reply.status, 200, "{reply:?}");
    let cookie = reply.header("set-cookie").unwrap().to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    let session = reply.json()["session"].as_str().unwrap().to_owned();
    let csrf = reply.json()["csrf"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {session}");
    assert_eq!(
        town.send("GET", "/v1/queue", &[("authorization", &bearer)], b"")
            .status,
        200
    );
    let cookie = format!("xunge_session={session}");
    // With the cookie alone another site could write; with its second secret only we can.
    let out = town.send("DELETE", "/v1/session", &[("cookie", &cookie)], b"");
    assert_eq!((out.status, out.code().as_str()), (403, "csrf_missing"));
    let headers = [("cookie", cookie.as_str()), ("x-xunge-csrf", csrf.as_str())];
    assert_eq!(town.send("DELETE", "/v1/session", &headers, b"").status, 204);
    assert_eq!(
        town.send("GET", "/v1/queue", &[("authorization", &bearer)], b"")
            .status,
        401
    );
}

#[test]
fn wrong_passwords_and_unknown_names_are_refused_alike_and_then_have_to_wait() {
    let town = Town::open_with(|config| config.limits.sign_in_failures_max = 2);
    with_account(&town);
    let sign_in = |name: &str, password: &str| {
        let reply = town.post_json("/v1/session", &[], &json!({"name": name, "password": password}));
        (
            reply.status,
            reply.json()["error"]["code"].as_str().map(str::to_owned),
        )
    };
    assert_eq!(sign_in("nobody", PASSWORD), sign_in("kate", "wrong"));
    assert_eq!(sign_in("kate", "wrong").0, 401);
    assert_eq!(sign_in("kate", PASSWORD).1.as_deref(), Some("too_many_requests"));
}

#[test]
fn guesses_that_come_all_at_once_are_no_more_than_guesses_one_after_another() {
    let town = Town::open_with(|config| config.limits.sign_in_failures_max = 3);
    with_account(&town);
    let wrong = json!({"name": "kate", "password": "wrong"});
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let guess = || town.post_json("/v1/session", &[], &wrong).status;
        let guesses: Vec<_> = (0..24).map(|_| scope.spawn(guess)).collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    let looked_at = statuses.iter().filter(|status| **status == 401).count();
    assert!(looked_at <= 3, "{statuses:?}");
    assert!(
        statuses.iter().all(|status| matches!(status, 401 | 429)),
        "{statuses:?}"
    );
}

#[test]
fn the_clerk_accepts_a_report_sees_its_story_and_is_told_why_an_act_is_refused() {
    let town = Town::open();
    with_account(&town);
    let worker = town.device("w1");
    let chief = town.device("c1");
    let report = town.report(&worker, "路灯坏了", &[]);
    chief.sync(&town.transport(), &Default::default());
    chief
        .decide(report, xunge_core::command::Action::Approve, None, None)
        .unwrap();
    chief.sync(&town.transport(), &Default::default());
    let reply = town.post_json("/v1/session", &[], &json!({"name": "kate", "password": PASSWORD}));
    let bearer = format!("Bearer {}", reply.json()["session"].as_str().unwrap());
    let token = [("authorization", bearer.as_str())];
    let queue = town.send("GET", "/v1/queue?state=queued", &token, b"").json();
    assert_eq!(queue["rows"].as_array().unwrap().len(), 1, "{queue}");
    let code = queue["rows"][0]["code"].as_str().unwrap().to_owned();
    let acts = format!("/v1/reports/{code}/acts");
    let done = town.post_json(&acts, &token, &json!({"action": {"action": "accept"}}));
    assert_eq!(
        (done.status, done.json()["state"].as_str()),
        (200, Some("accepted")),
        "{done:?}"
    );
    let refused = town.post_json(&acts, &token, &json!({"action": {"action": "void"}}));
    assert_eq!((refused.status, refused.code().as_str()), (422, "refused"));
    assert_eq!(refused.json()["error"]["refusal"], "reason_missing");
    let story = town
        .send("GET", &format!("/v1/reports/{report}"), &token, b"")
        .json();
    // Submit, approve, accept and the refused act are all in the story.
    assert_eq!(story["events"].as_array().unwrap().len(), 4, "{story}");
    // A phone is no console.
    let install = town.install("w1");
    let phone = [("authorization", install.bearer.as_str())];
    let reply = town.post_json(&acts, &phone, &json!({"action": {"action": "accept"}}));
    assert_eq!((reply.status, reply.code().as_str()), (403, "forbidden"));
    let units = town.send("GET", "/v1/directory/unit", &token, b"").json();
    assert_eq!(units["rows"].as_array().unwrap().len(), 6);
    assert_eq!(town.send("GET", "/v1/directory/secrets", &token, b"").status, 404);
}

#[test]
fn health_metrics_and_the_description_need_no_token() {
    let town = Town::open();
    assert_eq!(town.send("GET", "/health", &[], b"").json()["status"], "ok");
    let metrics = String::from_utf8(town.send("GET", "/metrics", &[], b"").body).unwrap();
    assert!(
        metrics.contains("\nxunge_reports 0\n") && metrics.contains("xunge_requests_total"),
        "{metrics}"
    );
    let description = town.send("GET", "/openapi.json", &[], b"").json();
    for path in [
        "/v1/sync",
        "/v1/uploads/{id}",
        "/v1/reports/{report}/acts",
        "/health",
    ] {
        assert!(description["paths"][path].is_object(), "{path}");
    }
    let missing = town.send("GET", "/admin", &[], b"");
    assert_eq!((missing.status, missing.code().as_str()), (404, "not_found"));
    let wrong = town.send("PUT", "/v1/queue", &[], b"");
    assert_eq!((wrong.status, wrong.code().as_str()), (405, "method_not_allowed"));
}
