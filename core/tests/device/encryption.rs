//! Phones whose database lies under a key: what a copy of the folder shows, what a wrong key changes, how a plain phone is brought over,
//! and how the township gives a lost key back. All other journeys walk on encrypted phones too where the build encrypts.

use std::fmt::Debug;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use xunge_core::app::{Device, Phone};
use xunge_core::error::ErrorKind;
use xunge_core::id::ReportId;
use xunge_core::key_file::{KEY_FILE_NAME, KeyFile, KeyFileError};
use xunge_core::store::{DATABASE_NAME, StoreError};
use xunge_core::sync::transport::CancelToken;

use crate::server::{RECOVERY_SECRET, Server};
use crate::world::{Handset, KEY, back_up, jpeg};

const OTHER: [u8; 32] = [0x33; 32];

/// What every listener of the program's own events does here with their text.
struct Ears<F>(F);

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0 += &format!("{}={value:?} ", field.name());
    }
}

impl<F: Fn(&str) + Send + Sync + 'static> Subscriber for Ears<F> {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut words = Words(String::new());
        span.record(&mut words);
        (self.0)(&words.0);
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut words = Words(String::new());
        values.record(&mut words);
        (self.0)(&words.0);
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut words = Words(String::new());
        event.record(&mut words);
        (self.0)(&words.0);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// What may stand nowhere in the clear: words, the beginning of a picture, tables.
fn assert_nothing_in_clear(folder: &Path) {
    for (path, bytes) in files(folder) {
        for part in [
            "横幅挂在桥头".as_bytes(),
            b"JFIF\0",
            b"CREATE TABLE",
            b"half fetched",
        ] {
            assert!(!holds(&bytes, part), "{} shows {part:?}", path.display());
        }
    }
}

fn enrolled_plain(server: &Server, folder: &Path, seed: u64) -> Handset {
    let handset = Handset {
        folder: tempfile::tempdir_in(folder).unwrap(),
        device: None,
        clock: crate::world::FakeClock::new(),
        seed,
    };
    handset.phone().enrol(&server.code("w1"), server).unwrap();
    handset
}

fn only(phone: &Phone, key: Option<[u8; 32]>) -> Result<Arc<Device>, xunge_core::error::Error> {
    let profile = phone.profiles().unwrap().remove(0);
    phone.device(&profile.id, key)
}

#[test]
fn a_copied_folder_opens_nowhere_and_shows_nothing() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 1);
    let report = handset.draft("横幅挂在桥头");
    handset.add_picture(report, 1);
    handset.device().submit(report).unwrap();
    handset
        .device()
        .rescue(&handset.folder.path().join("rescue"))
        .unwrap();
    // Open, with its journal, and closed.
    assert_nothing_in_clear(handset.folder.path());
    handset.kill();
    assert_nothing_in_clear(handset.folder.path());
    let copy = tempfile::tempdir().unwrap();
    back_up(handset.folder.path(), copy.path());
    let phone = Phone::open(copy.path(), handset.config()).unwrap();
    let before = files(copy.path());
    for (key, expected) in [(None, "KeyMissing"), (Some(OTHER), "WrongKey")] {
        let error = only(&phone, key).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::KeyLost);
        assert!(format!("{error:?}").contains(expected), "{error:?}");
    }
    assert_eq!(files(copy.path()), before, "who tries changes nothing");
    assert!(only(&phone, KEY).is_ok(), "the right key opens it still");
}

#[test]
fn without_the_key_file_a_wrong_key_is_no_damage_either() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 2);
    handset.submit("一");
    let folder = handset.device().folder().to_owned();
    handset.kill();
    std::fs::remove_file(folder.join(KEY_FILE_NAME)).unwrap();
    let before = std::fs::read(folder.join(DATABASE_NAME)).unwrap();
    let error = only(&handset.phone(), Some(OTHER)).unwrap_err();
    assert!(
        matches!(error, xunge_core::error::Error::Store(StoreError::WrongKey)),
        "{error:?}"
    );
    assert_eq!(std::fs::read(folder.join(DATABASE_NAME)).unwrap(), before);
    handset.open();
    let key_file = KeyFile::from_json(&std::fs::read(folder.join(KEY_FILE_NAME)).unwrap()).unwrap();
    assert!(
        key_file.fits(&KEY.unwrap()),
        "the right key writes the file again"
    );
    assert_eq!(key_file.lost_key(&RECOVERY_SECRET).unwrap().key(), KEY.unwrap());
}

#[test]
fn keys_are_in_no_event_no_error_and_no_print() {
    let heard = Arc::new(Mutex::new(String::new()));
    let into = Arc::clone(&heard);
    let ears = Ears(move |words: &str| *into.lock().unwrap() += words);
    let folder = tracing::subscriber::with_default(ears, || {
        let server = Server::new();
        let handset = Handset::enrolled(&server, "w1", 3);
        let report = handset.draft("横幅");
        let picture = handset.add_picture(report, 1);
        handset.device().submit(report).unwrap();
        assert!(handset.sync(&server).is_complete());
        let blob = handset.device().report(report).unwrap().attachments[0]
            .reference
            .blob;
        assert!(
            handset.device().attachment_bytes(&blob).unwrap().is_some(),
            "{picture}"
        );
        let error = only(&handset.phone(), Some(OTHER)).unwrap_err();
        let said = format!("{error:?} {error} {:?} {:?}", handset.phone(), handset.device());
        *heard.lock().unwrap() += &said;
        handset.folder
    });
    let heard = heard.lock().unwrap().clone();
    assert!(heard.contains("a sync ended"), "the events were heard: {heard}");
    for key in [KEY.unwrap(), OTHER] {
        let listed = format!("{key:?}");
        let listed = listed.trim_matches(['[', ']']);
        let hex = format!("{:02x}", key[0]).repeat(8);
        for said in [
            &heard,
            &String::from_utf8_lossy(&files(folder.path()).concat_all()).into_owned(),
        ] {
            assert!(!said.to_lowercase().contains(&hex), "a key shows");
            assert!(!said.contains(&listed[..24]), "a key shows");
        }
    }
    assert!(!heard.contains("PRAGMA key"), "{heard}");
}

/// All bytes of all files, one after the other.
trait ConcatAll {
    fn concat_all(&self) -> Vec<u8>;
}

impl ConcatAll for Vec<(PathBuf, Vec<u8>)> {
    fn concat_all(&self) -> Vec<u8> {
        self.iter().flat_map(|(_, bytes)| bytes.clone()).collect()
    }
}

#[test]
fn a_damaged_piece_of_a_picture_is_told_and_needs_attention() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 4);
    let report = handset.draft("一");
    handset.add_picture(report, 1);
    handset.device().submit(report).unwrap();
    let blob = handset.device().report(report).unwrap().attachments[0]
        .reference
        .blob;
    let path = handset
        .device()
        .folder()
        .join("attachments")
        .join(blob.to_string());
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(200)).unwrap();
    file.write_all(&[0xa5; 3]).unwrap();
    let error = handset.device().attachment_bytes(&blob).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFailed);
    assert!(
        matches!(
            &error,
            xunge_core::error::Error::Store(StoreError::DamagedFile { .. })
        ),
        "{error:?}"
    );
    let sync = handset.sync(&server);
    assert!(sync.is_complete(), "text and thumbnail go all the same: {sync:?}");
    assert_eq!(sync.blobs_sent, 1);
    let entries = handset.device().needs_attention().unwrap();
    assert_eq!(entries.len(), 1, "{entries:?}");
}

#[test]
fn every_file_has_a_key_of_its_own_so_that_none_can_stand_in_for_another() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 9);
    let report = handset.draft("一");
    handset.add_picture(report, 1);
    handset.add_picture(report, 2);
    handset.device().submit(report).unwrap();
    let blobs: Vec<_> = handset.device().report(report).unwrap().attachments;
    let path = |index: usize| {
        let blob: xunge_core::attachment::BlobHash = blobs[index].reference.blob;
        handset
            .device()
            .folder()
            .join("attachments")
            .join(blob.to_string())
    };
    std::fs::copy(path(0), path(1)).unwrap();
    assert!(
        handset
            .device()
            .attachment_bytes(&blobs[0].reference.blob)
            .unwrap()
            .is_some()
    );
    let error = handset
        .device()
        .attachment_bytes(&blobs[1].reference.blob)
        .unwrap_err();
    assert!(
        matches!(
            &error,
            xunge_core::error::Error::Store(StoreError::DamagedFile { .. })
        ),
        "{error:?}"
    );
}

/// A phone of the release before encryption, with work of every kind, and what must be on it afterwards.
fn plain_phone(server: &Server, folder: &Path) -> (Handset, ReportId, ReportId) {
    let handset = enrolled_plain(server, folder, 5);
    let phone = handset.phone();
    let device = only(&phone, None).unwrap();
    assert!(device.sync(server, &CancelToken::new()).is_complete());
    let plain = Handset {
        device: Some(device),
        ..handset
    };
    let sent = plain.draft("已发送");
    plain.add_picture(sent, 1);
    plain.device().submit(sent).unwrap();
    assert!(plain.sync(server).is_complete());
    let unsent = plain.draft("横幅挂在桥头");
    plain.add_picture(unsent, 2);
    plain.device().submit(unsent).unwrap();
    plain.draft("草稿");
    let broken = xunge_core::app::MediaSource::Bytes(jpeg(1)[..300].to_vec());
    let role = xunge_core::attachment::AttachmentRole::Scene;
    plain.device().add_picture(unsent, &broken, role).unwrap_err();
    let folder = plain.device().folder().to_owned();
    std::fs::write(folder.join("attachments/0.fetch"), b"half fetched").unwrap();
    std::fs::copy(folder.join(DATABASE_NAME), folder.join("xunge.before-4.sqlite3")).unwrap();
    std::fs::write(folder.join("xunge.damaged-7.sqlite3"), "横幅挂在桥头").unwrap();
    drop(phone);
    (plain, sent, unsent)
}

fn assert_all_there(handset: &Handset, device: &Device, (sent, unsent): (ReportId, ReportId)) {
    for (report, words) in [(sent, "已发送"), (unsent, "横幅挂在桥头")] {
        let view = device.report(report).unwrap();
        assert_eq!(view.content.unwrap().description, words);
        for blob in [
            view.attachments[0].reference.blob,
            view.attachments[0].reference.thumbnail.unwrap(),
        ] {
            assert!(
                device.attachment_bytes(&blob).unwrap().is_some(),
                "the picture of {words}"
            );
        }
    }
    assert_eq!(device.drafts().unwrap().len(), 1);
    assert_eq!(device.status().unwrap().unsent_attachment_count, 2);
    assert_nothing_in_clear(handset.folder.path());
}

#[test]
fn a_plain_phone_is_brought_over_with_all_its_work_and_nothing_is_left_in_clear() {
    let server = Server::new();
    let folder = tempfile::tempdir().unwrap();
    let (mut handset, sent, unsent) = plain_phone(&server, folder.path());
    let inside = handset.device().folder().to_owned();
    handset.kill();
    for part in [
        "横幅挂在桥头".as_bytes(),
        b"JFIF\0",
        b"CREATE TABLE",
        b"half fetched",
    ] {
        assert!(holds(&files(&inside).concat_all(), part), "it was plain before");
    }
    let device = handset.open();
    assert_all_there(&handset, &device, (sent, unsent));
    assert!(
        inside.join("xunge.damaged-7.sqlite3").exists(),
        "what was set aside is kept"
    );
    drop(device);
    let report = handset.sync(&server);
    assert!(report.is_complete() && report.blobs_sent == 2, "{report:?}");
    assert_eq!(server.held(unsent).changes.len(), 1);
    handset.kill();
    assert!(only(&handset.phone(), None).is_err(), "it is plain no more");
}

/// Which event of the program ends the process, in a child of the test below.
const CUT_AT: &str = "XUNGE_TEST_CUT_AT";
const CUT_FOLDER: &str = "XUNGE_TEST_CUT_FOLDER";

#[test]
fn a_phone_that_is_killed_at_any_step_of_going_over_loses_nothing() {
    let name = "encryption::a_phone_that_is_killed_at_any_step_of_going_over_loses_nothing";
    if let (Ok(at), Ok(folder)) = (std::env::var(CUT_AT), std::env::var(CUT_FOLDER)) {
        return go_over_until(at.parse().unwrap(), Path::new(&folder));
    }
    let server = Server::new();
    let folder = tempfile::tempdir().unwrap();
    let (mut handset, sent, unsent) = plain_phone(&server, folder.path());
    handset.kill();
    let mut cuts = 0;
    loop {
        let copy = tempfile::tempdir().unwrap();
        back_up(handset.folder.path(), copy.path());
        std::fs::create_dir_all(copy.path().join("no-backup")).unwrap();
        back_up(
            &handset.folder.path().join("no-backup"),
            &copy.path().join("no-backup"),
        );
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name, "--quiet"])
            .env(CUT_AT, (cuts + 1).to_string())
            .env(CUT_FOLDER, copy.path())
            .output()
            .unwrap();
        let survivor = Handset {
            folder: copy,
            device: None,
            clock: Arc::clone(&handset.clock),
            seed: 77,
        };
        let device = only(&survivor.phone(), KEY).unwrap();
        assert_all_there(&survivor, &device, (sent, unsent));
        if child.status.success() {
            break;
        }
        cuts += 1;
    }
    // Four steps of the database, and two for each of four files, an original and two copies.
    assert_eq!(cuts, 4 + 2 * 7);
}

/// Opens the plain phone with a key and ends the process, without a word to anybody, at the so-manieth event.
fn go_over_until(at: usize, folder: &Path) {
    let count = AtomicUsize::new(0);
    let ears = Ears(move |words: &str| {
        let is_step = words.contains("the database's") || words.contains("a file ");
        if is_step && count.fetch_add(1, Ordering::SeqCst) + 1 == at {
            std::process::abort();
        }
    });
    tracing::subscriber::with_default(ears, || {
        let config = xunge_core::app::PhoneConfig {
            entropy: xunge_core::app::Entropy::Seed(9),
            ..xunge_core::app::PhoneConfig::new(crate::world::FakeClock::new(), "1.0")
        };
        only(&Phone::open(folder, config).unwrap(), KEY).unwrap();
    });
}

#[test]
fn what_a_lost_keystore_locked_away_comes_back_by_the_townships_key() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 6);
    let unsent = handset.draft("横幅挂在桥头");
    handset.add_picture(unsent, 3);
    handset.device().submit(unsent).unwrap();
    let old = handset.device().info().id.clone();
    handset.kill();
    // The keystore was reset: the phone has another key now, says so, puts the profile aside and its person enrols anew.
    let phone = handset.phone();
    assert_eq!(
        phone.device(&old, Some(OTHER)).unwrap_err().kind(),
        ErrorKind::KeyLost
    );
    let aside = phone.set_aside(&old, "key_lost").unwrap();
    let new = phone
        .enrol_with_key(&server.code("w1"), Some(OTHER), &server)
        .unwrap();
    assert!(
        phone
            .device(&new, Some(OTHER))
            .unwrap()
            .sync(&server, &CancelToken::new())
            .is_complete()
    );
    // The township opens the box that lies beside the database; nobody else can.
    let json = std::fs::read(handset.folder.path().join(&aside.folder).join(KEY_FILE_NAME)).unwrap();
    let key_file = KeyFile::from_json(&json).unwrap();
    assert_eq!(key_file.lost_key(&OTHER).unwrap_err(), KeyFileError::DoesNotOpen);
    let lost = key_file.lost_key(&RECOVERY_SECRET).unwrap();
    assert_eq!(lost.person.as_str(), "w1");
    let wrong = phone.take_back(&aside.folder, &[1; 32], &OTHER).unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::KeyLost);
    assert_eq!(
        phone.set_aside_profiles().unwrap().len(),
        1,
        "a wrong key changes nothing"
    );
    let back = phone.take_back(&aside.folder, &lost.key(), &OTHER).unwrap();
    assert_eq!(back, old);
    assert_eq!(phone.set_aside_profiles().unwrap(), []);
    assert_eq!(phone.profiles().unwrap().len(), 2);
    let device = phone.device(&back, Some(OTHER)).unwrap();
    assert!(device.report(unsent).unwrap().content.is_some());
    let report = device.sync(&server, &CancelToken::new());
    assert!(report.is_complete() && report.blobs_sent == 2, "{report:?}");
    assert_eq!(server.held(unsent).changes.len(), 1, "the work arrived");
    drop(device);
    let error = handset.phone().device(&back, KEY).unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::KeyLost,
        "the old key opens nothing any more"
    );
    assert_nothing_in_clear(handset.folder.path());
}
