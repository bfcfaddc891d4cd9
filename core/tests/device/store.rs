//! The phone's storage when it is full, damaged, newer, read-only, or shared.

use std::io::{Seek, SeekFrom, Write};

use xunge_core::app::{ListQuery, Phone, PhoneConfig, Tab};
use xunge_core::document::FieldEdit;
use xunge_core::error::{Error, ErrorKind};
use xunge_core::store::{DATABASE_NAME, Store, StoreError, StoreNoticeKind};

use crate::server::Server;
use crate::world::{Handset, KEY};

#[test]
fn a_full_disk_says_so_loses_nothing_and_goes_on_when_there_is_room() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 1);
    let first = handset.submit("写满之前");
    handset.kill();
    let tight = |pages| PhoneConfig {
        database_pages_max: Some(pages),
        ..handset.config()
    };
    let phone = Phone::open(handset.folder.path(), tight(80)).unwrap();
    let profile = phone.profiles().unwrap().remove(0).id;
    let device = phone.device(&profile, KEY).unwrap();
    let draft = device.begin_draft().unwrap();
    let mut last = String::new();
    let mut full = None;
    for n in 0..400 {
        let words = "字".repeat(1_000) + &n.to_string();
        let note = device.add_note(draft, &words);
        match note {
            Ok(_) => last = words,
            Err(error) => {
                full = Some(error);
                break;
            }
        }
    }
    let full = full.expect("80 pages are soon full");
    assert_eq!(full.kind(), ErrorKind::StorageFull, "{full:?}");
    let kept = device.draft(draft).unwrap();
    assert!(
        kept.content.notes.values().any(|note| note.text == last),
        "what was taken stands"
    );
    assert_eq!(
        device.report(first).unwrap().content.unwrap().description,
        "写满之前"
    );
    assert_eq!(device.reports(&ListQuery::default()).unwrap().items.len(), 1);
    drop(device);
    drop(phone);
    let device = handset.open();
    device.add_note(draft, "又有地方了").unwrap();
    assert!(handset.sync(&server).is_complete());
}

#[test]
fn a_damaged_database_is_set_aside_and_what_can_be_read_goes_on() {
    let server = Server::new();
    let mut handset = Handset::enrolled(&server, "w1", 2);
    let sent = handset.submit("已发送");
    handset.sync(&server);
    let unsent = handset.submit("未发送");
    let draft = handset.draft("草稿");
    let folder = handset.device().folder().to_owned();
    // Killed without a clean end: the mark stays, so that the file is checked at the next opening.
    handset.kill();
    std::fs::write(folder.join("xunge.open"), b"").unwrap();
    let path = folder.join(DATABASE_NAME);
    let length = std::fs::metadata(&path).unwrap().len();
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    // The page in the middle of the file is overwritten: some tree is broken, others are whole.
    file.seek(SeekFrom::Start(length / 4096 / 2 * 4096)).unwrap();
    file.write_all(&[0xa5; 4096]).unwrap();
    drop(file);
    let device = handset.open();
    let notices = device.notices().unwrap();
    assert!(
        notices
            .iter()
            .any(|n| n.kind == StoreNoticeKind::DatabaseSalvaged),
        "{notices:?}"
    );
    let aside = std::fs::read_dir(&folder)
        .unwrap()
        .filter(|e| {
            e.as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .contains("damaged")
        })
        .count();
    assert!(aside >= 1, "the damaged file is kept");
    assert!(handset.sync(&server).is_complete());
    assert!(handset.sync(&server).is_complete());
    assert_eq!(
        device.report(sent).unwrap().content.unwrap().description,
        "已发送"
    );
    assert_eq!(
        server.held(unsent).changes.len(),
        1,
        "the unsent report was saved and sent"
    );
    assert_eq!(device.draft(draft).unwrap().content.description, "草稿");
}

#[test]
fn a_file_that_is_no_database_is_set_aside_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(DATABASE_NAME);
    std::fs::write(&path, vec![7u8; 9_000]).unwrap();
    drop(Store::open(folder.path(), None, 5).unwrap());
    assert!(folder.path().join("xunge.damaged-5.sqlite3").exists());
    assert_eq!(
        std::fs::read(folder.path().join("xunge.damaged-5.sqlite3")).unwrap(),
        vec![7u8; 9_000]
    );
}

#[test]
fn a_newer_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::open(folder.path(), None, 0).unwrap());
    let path = folder.path().join(DATABASE_NAME);
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    // `user_version` stands in bytes 60 to 63 of the header.
    file.seek(SeekFrom::Start(60)).unwrap();
    file.write_all(&99u32.to_be_bytes()).unwrap();
    drop(file);
    let before = std::fs::read(&path).unwrap();
    let error = Store::open(folder.path(), None, 0).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error:?}");
    assert_eq!(Error::from(error).kind(), ErrorKind::UpdateRequired);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[cfg(not(feature = "encrypted"))]
#[test]
fn a_key_without_a_cipher_is_refused_rather_than_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let error = Store::open(folder.path(), Some(&[1; 32]), 0).unwrap_err();
    assert!(matches!(error, StoreError::NoCipher));
    assert!(!folder.path().join(DATABASE_NAME).exists());
}

#[test]
fn a_folder_that_cannot_be_used_is_a_typed_error() {
    let folder = tempfile::tempdir().unwrap();
    // A file stands where the profile's folder should be; permissions do not stop the superuser under whom tests may run.
    let path = folder.path().join("profile");
    std::fs::write(&path, b"").unwrap();
    let error = Store::open(&path, None, 0).unwrap_err();
    assert!(
        matches!(error, StoreError::File { .. } | StoreError::ReadOnly(_)),
        "{error:?}"
    );
    assert_eq!(Error::from(error).kind(), ErrorKind::StorageFailed);
}

#[test]
fn two_processes_on_one_folder_see_each_others_work() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 3);
    // A second opening of the same folder, as another terminal does.
    let other = handset.phone();
    let profile = other.profiles().unwrap().remove(0).id;
    let second = other.device(&profile, KEY).unwrap();
    let draft = handset.draft("甲");
    second
        .edit_draft(draft, &[FieldEdit::SetDescription("乙".into())])
        .unwrap();
    assert_eq!(handset.device().draft(draft).unwrap().content.description, "乙");
    second.submit(draft).unwrap();
    assert!(handset.sync(&server).is_complete());
    assert_eq!(second.status().unwrap().unsent_count, 0);
    assert_eq!(second.report_count(Tab::Mine).unwrap(), 1);
}

#[test]
fn a_pin_is_a_lock_that_gets_slow() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 4);
    let device = handset.device();
    assert!(
        device.check_pin("anything").is_ok(),
        "without a PIN there is no lock"
    );
    device.set_pin(Some("2580")).unwrap();
    assert!(handset.phone().profiles().unwrap()[0].has_pin);
    assert!(device.check_pin("2580").is_ok());
    for _ in 0..3 {
        assert!(matches!(device.check_pin("0000"), Err(Error::PinWrong { .. })));
    }
    let waits = device.check_pin("2580").unwrap_err();
    assert!(matches!(waits, Error::PinWrong { retry_after_ms } if retry_after_ms > 0));
    handset.clock.forward_ms(10_000);
    assert!(device.check_pin("2580").is_ok());
    let file = std::fs::read_to_string(device.folder().join("pin.json")).unwrap();
    assert!(!file.contains("2580"));
}
