//! Installs, accounts, uploads, pictures, and the review list.

use xunge_core::attachment::BlobHash;
use xunge_core::id::{InstallId, ReportId, UnitId, UploadId};
use xunge_core::time::Timestamp;
use xunge_server::store::{
    Account, BlobRow, EnrolmentRow, FeedNo, InstallNo, InstallRow, ReportNo, ReviewRow, Session, Store,
    UploadRow,
};

use super::{person, write};

pub(super) fn installs_and_codes_come_back(store: &dyn Store) {
    let install = |number: u8, who: &str| InstallRow {
        no: InstallNo(0),
        install: InstallId::from_bytes([number; 16]),
        person: person(who),
        township: UnitId::new("T1").unwrap(),
        public_key: vec![4; 65],
        token_hash: [5; 32],
        actors: "[]".into(),
        feeds: "[]".into(),
        device_label: "phone".into(),
        app_version: "1".into(),
        enrolled_at: Timestamp(1),
        revoked_at: None,
        last_sync_at: None,
        health: None,
    };
    write(store, |tx| {
        let mut first = install(1, "w1");
        first.no = tx.install_insert(&first)?;
        tx.install_insert(&install(2, "w2"))?;
        first.revoked_at = Some(Timestamp(7));
        first.health = Some(vec![1]);
        tx.install_update(&first)?;
        assert_eq!(tx.install(&first.install)?, Some(first.clone()));
        assert_eq!(tx.install_by_no(first.no)?, Some(first.clone()));
        assert_eq!(tx.installs(Some(&person("w1")))?, vec![first.clone()]);
        assert_eq!(tx.installs(None)?[1], first);
        assert_eq!(tx.counts()?.installs, 1);
        let mut code = EnrolmentRow {
            secret_hash: [8; 32],
            person: person("w1"),
            township: UnitId::new("T1").unwrap(),
            created_at: Timestamp(1),
            expires_at: Timestamp(2),
            install: None,
        };
        tx.enrolment_put(&code)?;
        code.install = Some(first.install);
        tx.enrolment_put(&code)?;
        assert_eq!(tx.enrolment(&[8; 32])?, Some(code.clone()));
        assert_eq!(tx.enrolment(&[9; 32])?, None);
        Ok(())
    });
}

pub(super) fn accounts_and_sessions_come_back(store: &dyn Store) {
    let mut account = Account {
        name: "room".into(),
        person: person("room"),
        password_hash: "$argon2".into(),
        is_enabled: true,
        created_at: Timestamp(1),
    };
    let session = Session {
        token_hash: [1; 32],
        account: "room".into(),
        person: person("room"),
        csrf: "c".into(),
        created_at: Timestamp(1),
        used_at: Timestamp(2),
    };
    write(store, |tx| tx.account_put(&account));
    account.is_enabled = false;
    write(store, |tx| {
        tx.account_put(&account)?;
        tx.session_put(&session)?;
        assert_eq!(tx.account("room")?, Some(account.clone()));
        assert_eq!(tx.accounts()?.len(), 1);
        assert_eq!(tx.session(&[1; 32])?, Some(session.clone()));
        tx.session_drop(&[1; 32])?;
        assert_eq!(tx.session(&[1; 32])?, None);
        Ok(())
    });
}

fn upload(number: u8) -> UploadRow {
    UploadRow {
        upload: UploadId::from_bytes([number; 16]),
        feed: FeedNo(1),
        install: Some(InstallId::from_bytes([1; 16])),
        report: ReportId::from_bytes([2; 16]),
        blob: BlobHash::of(&[number]),
        size_bytes: 100,
        media_type: "image/jpeg".into(),
        offset_bytes: 0,
        created_at: Timestamp(1),
        expires_at: Timestamp(50),
    }
}

pub(super) fn an_upload_moves_only_from_where_it_stands(store: &dyn Store) {
    write(store, |tx| {
        tx.upload_put(&upload(1))?;
        tx.upload_put(&upload(2))?;
        let id = upload(1).upload;
        assert!(tx.upload_advance(&id, 0, 40, Timestamp(90))?);
        assert!(!tx.upload_advance(&id, 0, 60, Timestamp(90))?);
        assert_eq!(tx.upload(&id)?.expect("there").offset_bytes, 40);
        let install = InstallId::from_bytes([1; 16]);
        assert_eq!(tx.uploads_of(&install, None)?.len(), 2);
        assert_eq!(
            tx.uploads_of(&install, Some(&BlobHash::of(&[2])))?,
            vec![upload(2)]
        );
        assert_eq!(tx.uploads_expired(Timestamp(50), 9)?, vec![upload(2).upload]);
        tx.upload_drop(&id)?;
        assert_eq!(tx.upload(&id)?, None);
        Ok(())
    });
}

pub(super) fn blobs_are_found_by_report_and_by_hash(store: &dyn Store) {
    let blob = |report: i64, byte: u8| BlobRow {
        feed: FeedNo(1),
        report: ReportNo(report),
        blob: BlobHash::of(&[byte]),
        size_bytes: 1,
        media_type: "image/jpeg".into(),
        stored_at: Timestamp(1),
        is_erased: false,
    };
    write(store, |tx| {
        for row in [blob(1, 1), blob(1, 2), blob(2, 1)] {
            tx.blob_put(&row)?;
        }
        assert_eq!(tx.blobs_of_reports(FeedNo(1), &[ReportNo(1)])?.len(), 2);
        assert_eq!(
            tx.blobs_by_hash(&BlobHash::of(&[1]))?,
            vec![blob(1, 1), blob(2, 1)]
        );
        assert_eq!(tx.blobs_all(None, 9)?.len(), 2, "each hash once");
        tx.blob_put(&BlobRow {
            is_erased: true,
            ..blob(1, 2)
        })?;
        assert_eq!(tx.blobs_all(None, 9)?.len(), 1);
        Ok(())
    });
}

pub(super) fn a_thing_is_on_the_review_list_once(store: &dyn Store) {
    let item = ReviewRow {
        number: 0,
        feed: FeedNo(1),
        install: InstallId::from_bytes([1; 16]),
        person: person("w1"),
        report: None,
        name: vec![1; 32],
        kind: "change".into(),
        why: "revoked".into(),
        received_at: Timestamp(1),
        body: vec![2],
        settled_at: None,
    };
    write(store, |tx| {
        assert!(tx.review_insert(&item)?);
        assert!(!tx.review_insert(&item)?);
        let open = tx.review_open(9)?;
        assert_eq!(open.len(), 1);
        tx.review_settle(open[0].number, Timestamp(5))?;
        assert!(tx.review_open(9)?.is_empty());
        let settled = tx.review(open[0].number)?.expect("there");
        assert_eq!(settled.settled_at, Some(Timestamp(5)));
        assert!(!tx.review_insert(&item)?, "what was settled does not come back");
        Ok(())
    });
}
