//! Several nodes on one PostgreSQL database and one bucket. `tests/postgres.sh tests/s3.sh cargo test -p xunge-server --test nodes` runs
//! them beside a cluster and an S3 server of their own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

#[path = "../http/browser.rs"]
#[expect(dead_code, reason = "shared with the tests of the console")]
mod browser;
#[path = "../http/client.rs"]
#[expect(
    dead_code,
    reason = "shared with the tests of one node, which cut connections"
)]
mod client;
#[path = "../engine/place.rs"]
mod engine;
#[path = "../engine/tamper.rs"]
mod tamper;
#[path = "../http/town.rs"]
#[expect(dead_code, reason = "shared with the tests of one node")]
mod town;

mod bucket;
mod engines;
mod hints;
mod moves;
mod node;
mod walk;
