//! What a revoked phone does: it hands over what it holds, and is wiped when all of it was received, not before.

use std::sync::Arc;

use xunge_core::app::SyncOptions;
use xunge_core::error::ErrorKind;
use xunge_core::sync::transport::CancelToken;

use crate::server::Server;
use crate::world::{Handset, KEY};

fn revoke(server: &Server) {
    server.state.lock().unwrap().kept.installs[0].is_revoked = true;
}

#[test]
fn a_revoked_phone_hands_over_words_and_pictures_and_is_wiped_after_the_last_receipt() {
    let server = Arc::new(Server::new());
    let mut handset = Handset::enrolled(&server, "w1", 1);
    let [known, late] = ["撤销前报的", "撤销后才送到的"].map(|words| {
        let report = handset.draft(words);
        handset.add_picture(report, words.len() as u8);
        report
    });
    handset.device().submit(known).unwrap();
    let text_alone = SyncOptions {
        with_attachments: false,
        ..SyncOptions::default()
    };
    let device = handset.device();
    assert!(
        device
            .sync_with(server.as_ref(), &CancelToken::new(), text_alone)
            .is_complete()
    );
    device.submit(late).unwrap();
    let draft = handset.draft("还没交的");
    let folder = handset.device().folder().to_owned();
    handset.kill();
    revoke(&server);
    handset.sync_all(&server);
    let device = handset.open();
    let status = device.status().unwrap();
    assert!(
        status.is_revoked && status.unsent_count == 0 && status.draft_count == 1,
        "{status:?}"
    );
    // The one report's pictures went; the other one waits on the review list, and its pictures with it.
    assert_eq!((status.unsent_attachment_count, status.attention_count), (2, 0));
    assert_eq!(server.held(known).blobs.len(), 2);
    device.discard_draft(draft).unwrap();
    drop(device);
    handset.kill();
    handset.sync_all(&server);
    assert!(folder.exists(), "two pictures have no receipt");
    // A person takes the report in.
    server.state.lock().unwrap().kept.reports.entry(late).or_default();
    handset.sync_all(&server);
    assert_eq!(server.held(late).blobs.len(), 2);
    assert_eq!(handset.phone().profiles().unwrap(), []);
    assert!(!folder.exists(), "nothing is left on the phone");
    let mark = handset.folder.path().join("no-backup");
    assert_eq!(std::fs::read_dir(mark).unwrap().count(), 0);
}

#[test]
fn whoever_holds_a_wiped_profile_open_is_asked_to_enrol_again() {
    let server = Arc::new(Server::new());
    let handset = Handset::enrolled(&server, "w1", 2);
    let phone = handset.phone();
    let profile = phone.profiles().unwrap().remove(0).id;
    let device = phone.device(&profile, KEY).unwrap();
    assert!(!phone.wipe_revoked(&device).unwrap(), "nobody revoked it");
    let report = handset.submit("一");
    revoke(&server);
    assert!(device.sync(server.as_ref(), &CancelToken::new()).is_complete());
    assert!(phone.wipe_revoked(&device).unwrap());
    assert_eq!(
        device.report(report).unwrap_err().kind(),
        ErrorKind::SignInRequired
    );
    assert_eq!(
        phone.device(&profile, KEY).unwrap_err().kind(),
        ErrorKind::NotFound
    );
}
