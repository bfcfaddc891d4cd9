//! Moves of everything: to PostgreSQL and to a bucket, killed on the way, hashed at the end.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use xunge_core::sync::transport::CancelToken;
use xunge_server::blobs::{Blobs, BlobsPlace};
use xunge_server::config::{Config, Secrets};
use xunge_server::store::DatabasePlace;
use xunge_server::{App, Service, ServiceConfig};

use crate::bucket::bucket;
use crate::node::address;
use crate::town::{OPERATOR, Town, picture};

fn command(folder: &Path, to_database: &str, bucket: &xunge_server::blobs::Bucket) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xunge-server"));
    command
        .args(["--lang", "en", "--data"])
        .arg(folder)
        .args(["migrate-store", "--to-database", to_database])
        .args(["--to-blobs", &format!("s3://{}/{}", bucket.name, bucket.folder)])
        .args(["--to-endpoint", bucket.endpoint.as_deref().unwrap()])
        .env_remove("XUNGE_DATABASE_URL")
        .stdout(Stdio::piped());
    command
}

/// A township on a file and a folder, stopped, with its keys in place.
fn stopped() -> (Town, std::path::PathBuf, u64) {
    let mut town = Town::open_with(|config| config.database = None);
    let device = town.device("w1");
    for number in 0..3_u8 {
        town.report(&device, &format!("第{number}件"), &[picture(number, 200)]);
    }
    let done = device.sync(&town.transport(), &CancelToken::default());
    assert!(done.failure.is_none(), "{done:?}");
    town.stop();
    let folder = town.app.config.data_folder.clone();
    town.service().secrets().write(&folder.join("keys")).unwrap();
    let rows = town.service().counts().unwrap().changes;
    (town, folder, rows)
}

/// Goal: a move that was killed any number of times ends with the same rows and pictures, and until then no server opens the half of it.
#[test]
fn a_move_that_is_killed_on_the_way_goes_on_and_ends_equal() {
    let (_town, folder, changes) = stopped();
    let target = address();
    let url = crate::node::url(&target);
    let bucket = bucket("moved");
    for lines in [1, 4, 9] {
        let mut child = command(&folder, &url, &bucket).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        assert_eq!(out.lines().map_while(Result::ok).take(lines).count(), lines);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let half = DatabasePlace::Postgres(target.clone()).open(&Default::default());
    let is_half = matches!(
        half.err(),
        Some(xunge_server::store::StoreError::Unfinished) | None
    );
    assert!(is_half, "a half copy is called so");
    let done = command(&folder, &url, &bucket).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    let config = Config {
        database: Some(target),
        bucket: Some(bucket),
        ..Config::for_testing(&folder)
    };
    let secrets = Secrets::load(&config.keys_path()).unwrap();
    let service = Service::open(ServiceConfig::new(&config, secrets)).unwrap();
    assert_eq!(service.counts().unwrap().changes, changes);
    let app = App::new(config, service).unwrap();
    let report = app.service.verify(Some(&app.blobs)).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    assert!(report.blobs >= 3);
    // A second run into what has grown on is refused.
    app.service.audit_note(&OPERATOR, "test", "went on").unwrap();
    let again = command(&folder, &url, &crate::bucket::bucket("moved"))
        .output()
        .unwrap();
    assert!(!again.status.success());
    // The old place is as it was.
    assert!(
        Blobs::at(BlobsPlace::Folder(folder.join("blobs"))).is_ok() && folder.join("xunge.sqlite").exists()
    );
}
