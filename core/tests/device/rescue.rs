//! Rescue files: everything unsent, sealed.

use xunge_core::command::Action;
use xunge_core::rescue::{Rescue, RescueError};
use xunge_core::sync::message::{Item, Manifest};

use crate::server::{RECOVERY_SECRET, Server};
use crate::world::Handset;

#[test]
fn a_rescue_file_holds_everything_unsent_and_opens_with_the_recovery_key_alone() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 1);
    let sent = handset.submit("已发送");
    handset.sync(&server);
    let unsent = handset.draft("未发送");
    handset.add_picture(unsent, 1);
    handset.device().submit(unsent).unwrap();
    handset
        .device()
        .decide(sent, Action::Withdraw, None, None)
        .unwrap();
    let draft = handset.draft("草稿");
    handset.add_picture(draft, 2);
    let path = handset.folder.path().join("rescue.bin");
    let summary = handset.device().rescue(&path).unwrap();
    assert_eq!(
        (summary.item_count, summary.blob_count, summary.draft_count),
        (3, 4, 1)
    );
    let file = std::fs::read(&path).unwrap();
    let words = "草稿".as_bytes();
    assert!(
        !file.windows(words.len()).any(|window| window == words),
        "nothing lies in the clear"
    );
    assert_eq!(
        Rescue::from_sealed(&[1; 32], &file),
        Err(RescueError::DoesNotOpen)
    );
    let rescue = Rescue::from_sealed(&RECOVERY_SECRET, &file).unwrap();
    assert!(
        rescue
            .items
            .iter()
            .any(|i| matches!(i, Item::Change { report, .. } if *report == unsent))
    );
    assert!(rescue.drafts[0].contains("草稿"));
    let manifest = Manifest {
        install: rescue.install,
        names: rescue
            .items
            .iter()
            .map(|item| xunge_core::id::ChangeHash(item.name()))
            .collect(),
        at: rescue.manifest.unwrap().at,
    };
    let key = server.kept().installs[0].key;
    let body = minicbor::to_vec(&manifest).unwrap();
    assert_eq!(
        key.verify("manifest", &body, &rescue.manifest.unwrap().signature),
        Ok(())
    );
    assert!(
        handset.sync(&server).is_complete(),
        "what was rescued is still sent"
    );
}

#[test]
fn words_that_were_begun_and_not_sent_are_rescued_too() {
    let server = Server::new();
    let handset = Handset::enrolled(&server, "w1", 1);
    let device = handset.device();
    device.keep_words("note/1", "路灯又坏了").unwrap();
    device.keep_words("reason/2", "照片看不清").unwrap();
    device.keep_words("note/3", "发出去了").unwrap();
    device.keep_words("note/3", "").unwrap();
    let path = handset.folder.path().join("rescue.bin");
    assert_eq!(device.rescue(&path).unwrap().words_count, 2);
    let rescue = Rescue::from_sealed(&RECOVERY_SECRET, &std::fs::read(&path).unwrap()).unwrap();
    let words: Vec<_> = rescue.words.iter().map(|w| (&*w.about, &*w.words)).collect();
    assert_eq!(words, [("note/1", "路灯又坏了"), ("reason/2", "照片看不清")]);
    assert_eq!(
        device.kept_words("note/1").unwrap().as_deref(),
        Some("路灯又坏了"),
        "nothing changes"
    );
}
