//! The second step at log-in: turned on with an authenticator, asked for, good once, throttled, recorded, required by posts, removed.

use hmac::{Hmac, KeyInit, Mac};
use xunge_core::time::Timestamp;

use super::super::browser::{Browser, PASSWORD, form, page};
use super::super::town::Town;
use super::boards::administrators;
use super::town;

/// The code that an authenticator shows: reckoned here on its own, from the secret as a person types it.
fn authenticator(secret: &str, at: Timestamp) -> String {
    let mut bits = String::new();
    for letter in secret.chars() {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).expect("base 32");
        bits.push_str(&format!("{value:05b}"));
    }
    let key: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|eight| u8::from_str_radix(std::str::from_utf8(eight).unwrap(), 2).unwrap())
        .collect();
    let step = u64::try_from(at.as_millis() / 30_000).unwrap();
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&key).unwrap();
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let start = usize::from(hash[19] & 15);
    let four: [u8; 4] = hash[start..start + 4].try_into().unwrap();
    format!("{:06}", (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

/// Turns the second step on; gives the secret, the code that was used, and the recovery codes.
fn turned_on(town: &Town, browser: &mut Browser) -> (String, String, Vec<String>) {
    let begin = form(&page(&browser.get("/console/account")), "/account/factor").unwrap();
    assert_eq!(begin.field("do"), "begin");
    assert_eq!(browser.send(&begin).status, 303);
    let text = page(&browser.get("/console/account"));
    assert!(text.contains("<svg class=\"qr\""), "{text}");
    let secret = text.split("<details><summary>").nth(1).unwrap();
    let secret = secret
        .split("<code>")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let confirm = form(&text, "/account/factor").unwrap();
    assert_eq!(browser.send(&confirm.clone().with("code", "000000x")).status, 422);
    // Steps change while a test runs: the code is that of the instant at which it is sent.
    let code = authenticator(&secret, town.service().now());
    let reply = browser.send(&confirm.with("code", &code));
    let text = page(&reply);
    assert_eq!(reply.status, 200, "{text}");
    let codes = text.split("<li><code>").skip(1);
    let codes: Vec<String> = codes
        .map(|part| part.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 8, "{text}");
    (secret, code, codes)
}

/// Logs in with the password and gives the page of the second step.
fn first_step(browser: &mut Browser, who: &str) -> super::super::browser::Form {
    let reply = browser.log_in(who, PASSWORD, "/console/queue");
    assert_eq!(reply.status, 200);
    assert!(
        reply.header("set-cookie").is_none(),
        "a password alone opens nothing"
    );
    form(&page(&reply), "/login/second").expect("a code is asked for")
}

#[test]
fn log_in_asks_for_a_code_that_is_good_once_and_recovery_codes_likewise() {
    let (town, _) = town();
    let mut browser = Browser::signed_in(&town, "k1");
    let (secret, used, codes) = turned_on(&town, &mut browser);
    let mut other = Browser::new(&town);
    let asked = first_step(&mut other, "k1");
    let reply = other.send(&asked.clone().with("code", &used));
    assert_eq!(reply.status, 401, "the code that turned it on was used");
    assert!(reply.header("set-cookie").is_none());
    // The next step's code is taken a little early: authenticators' clocks differ.
    let next = authenticator(&secret, town.service().now().plus_ms(30_000));
    let reply = other.send(&asked.clone().with("code", &next));
    assert_eq!(
        reply.header("location"),
        Some("/console/queue"),
        "{}",
        page(&reply)
    );
    assert_eq!(other.get("/console").status, 200);
    let mut third = Browser::new(&town);
    let again = first_step(&mut third, "k1");
    assert_eq!(
        third.send(&again.clone().with("code", &next)).status,
        401,
        "replayed"
    );
    let typed = codes[0].to_uppercase().replace('-', " ");
    assert_eq!(
        third.send(&again.clone().with("code", &typed)).status,
        303,
        "however it is typed"
    );
    let mut fourth = Browser::new(&town);
    let again = first_step(&mut fourth, "k1");
    assert_eq!(
        fourth.send(&again.with("code", &codes[0])).status,
        401,
        "each is good once"
    );
    assert!(page(&third.get("/console/account")).contains("还有 7 个"));
    let log = town.service().audit(None, 200).unwrap();
    let told: Vec<&str> = log
        .iter()
        .filter(|line| line.kind == "second_factor")
        .map(|line| line.detail.as_str())
        .collect();
    assert!(
        told.contains(&"turned on") && told.contains(&"wrong code"),
        "{told:?}"
    );
    assert!(
        told.iter()
            .any(|line| line.starts_with("recovery code used, 7 left"))
    );
    assert!(
        !told
            .iter()
            .any(|line| line.contains(&codes[0]) || line.contains(&secret))
    );
}

#[test]
fn wrong_codes_are_throttled_and_tickets_cannot_be_made_up() {
    let (town, _) = town();
    let mut browser = Browser::signed_in(&town, "k1");
    turned_on(&town, &mut browser);
    let mut other = Browser::new(&town);
    let asked = first_step(&mut other, "k1");
    let forged = asked.clone().with("ticket", "00ff00ff").with("code", "123456");
    assert_eq!(other.send(&forged).status, 401);
    for _ in 0..5 {
        assert_eq!(other.send(&asked.clone().with("code", "123456x")).status, 401);
    }
    assert_eq!(other.send(&asked.with("code", "123456x")).status, 429);
    assert_eq!(
        Browser::new(&town).log_in("k1", PASSWORD, "/console").status,
        429,
        "the password too"
    );
}

#[test]
fn the_api_asks_for_the_same_code() {
    let (town, _) = town();
    let mut browser = Browser::signed_in(&town, "k1");
    let (secret, _, _) = turned_on(&town, &mut browser);
    let sign_in = |code: Option<&str>| {
        let mut body = serde_json::json!({"name": "k1", "password": PASSWORD});
        if let Some(code) = code {
            body["code"] = code.into();
        }
        town.post_json("/v1/session", &[], &body)
    };
    let asked = sign_in(None);
    assert_eq!(asked.status, 401);
    assert!(page(&asked).contains("second_factor_needed"));
    assert_eq!(sign_in(Some("000000x")).status, 401);
    let next = authenticator(&secret, town.service().now().plus_ms(30_000));
    assert_eq!(sign_in(Some(&next)).status, 200);
}

#[test]
fn a_post_that_requires_it_leads_to_the_account_page_until_it_is_on() {
    let (town, _) = town();
    administrators(&town);
    let mut clerk = Browser::signed_in(&town, "k1");
    let mut administrator = Browser::signed_in(&town, "a1");
    let roles = form(&page(&administrator.get("/console/keep/factor")), "/keep/factor").unwrap();
    let foreign = roles.clone().with("unit", "T9").with("role", "clerk");
    assert_eq!(
        administrator.send(&foreign).status,
        404,
        "another township's posts"
    );
    assert_eq!(administrator.send(&roles.with("role", "clerk")).status, 303);
    let reply = clerk.get("/console/queue");
    assert_eq!(reply.header("location"), Some("/console/account"));
    assert!(page(&clerk.get("/console/account")).contains("要求开启两步登录"));
    let body = serde_json::json!({"name": "k1", "password": PASSWORD});
    let session = town.post_json("/v1/session", &[], &body);
    let answer: serde_json::Value = serde_json::from_slice(&session.body).unwrap();
    let bearer = format!("Bearer {}", answer["session"].as_str().unwrap());
    let reply = town.send("GET", "/v1/queue", &[("authorization", &bearer)], b"");
    assert_eq!(reply.status, 403, "the same at the API");
    turned_on(&town, &mut clerk);
    assert_eq!(clerk.get("/console/queue").status, 200);
    // Who lost the authenticator and the recovery codes asks the administrator.
    let person = page(&administrator.get("/console/keep/people/k1"));
    let reset = form(&person, "/account").unwrap().with("do", "factor");
    assert_eq!(administrator.send(&reset).status, 303);
    assert_eq!(
        clerk.get("/console/queue").header("location"),
        Some("/console/account")
    );
}

#[test]
fn turning_it_off_takes_a_code() {
    let (town, _) = town();
    let mut browser = Browser::signed_in(&town, "k1");
    let (_, _, codes) = turned_on(&town, &mut browser);
    let stop = form(&page(&browser.get("/console/account")), "/account/factor").unwrap();
    assert_eq!(stop.field("do"), "stop");
    assert_eq!(browser.send(&stop.clone().with("code", "1")).status, 422);
    assert_eq!(browser.send(&stop.with("code", &codes[3])).status, 303);
    assert_eq!(Browser::new(&town).log_in("k1", PASSWORD, "/console").status, 303);
}
