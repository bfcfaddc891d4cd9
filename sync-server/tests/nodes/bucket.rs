//! Pictures in a bucket of a server that speaks S3.

use bytes::Bytes;
use xunge_core::attachment::BlobHash;
use xunge_core::sync::transport::CancelToken;
use xunge_core::time::Timestamp;
use xunge_server::blobs::{Blobs, BlobsPlace, Bucket, KEPT_MS};

use crate::client::send;
use crate::town::{Town, picture};

/// The bucket of `tests/s3.sh`, a folder in it for each test.
pub(crate) fn bucket(folder: &str) -> Bucket {
    let endpoint = std::env::var("XUNGE_TEST_S3").expect("run these tests by tests/s3.sh");
    Bucket {
        name: "xunge".into(),
        folder: format!("{folder}-{}", std::process::id()),
        endpoint: Some(endpoint),
        is_presigned: false,
    }
}

#[test]
fn a_blob_is_written_once_read_in_ranges_hashed_and_removed() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let blobs = Blobs::at(BlobsPlace::Bucket(bucket("once"))).unwrap();
    let bytes = Bytes::from_static(b"0123456789");
    let hash = BlobHash::of(&bytes);
    runtime.block_on(async {
        assert!(blobs.get(hash, None).await.unwrap().is_none());
        assert!(blobs.put(hash, bytes.clone()).await.unwrap());
        assert!(!blobs.put(hash, bytes.clone()).await.unwrap());
        let part = blobs.get(hash, Some(2..5)).await.unwrap().unwrap();
        assert_eq!((&part.bytes[..], part.size_bytes), (&b"234"[..], 10));
        assert_eq!(blobs.size_bytes(hash).await.unwrap(), Some(10));
        assert!(blobs.verify(hash).await.unwrap());
    });
    let checked = xunge_server::service::BlobCheck::hash(&blobs, &hash);
    assert_eq!(checked, Some((hash, 10)));
    runtime.block_on(async {
        blobs.remove(hash).await.unwrap();
        assert!(!blobs.verify(hash).await.unwrap());
    });
}

#[test]
fn only_what_is_ninety_days_old_counts_as_aged() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for place in [
        BlobsPlace::Bucket(bucket("aged")),
        BlobsPlace::Folder(folder.path().to_owned()),
    ] {
        let blobs = Blobs::at(place).unwrap();
        let bytes = Bytes::from_static(b"nobody names this");
        let hash = BlobHash::of(&bytes);
        let shelf = hash.as_bytes()[0];
        let now = chrono::Utc::now().timestamp_millis();
        runtime.block_on(async {
            blobs.put(hash, bytes).await.unwrap();
            let young = blobs.aged(shelf, Timestamp(now + KEPT_MS - 60_000)).await;
            assert!(young.unwrap().is_empty());
            let old = blobs.aged(shelf, Timestamp(now + KEPT_MS + 60_000)).await;
            assert_eq!(old.unwrap(), vec![hash]);
            assert!(
                blobs
                    .aged(shelf ^ 1, Timestamp(i64::MAX / 2))
                    .await
                    .unwrap()
                    .is_empty()
            );
        });
    }
}

#[test]
fn a_phones_picture_goes_into_the_bucket_and_phones_are_sent_there_for_it() {
    let town = Town::open_with(|config| {
        config.bucket = Some(Bucket {
            is_presigned: true,
            ..bucket("phones")
        });
    });
    let device = town.device("w1");
    town.report(&device, "横幅", &[picture(3, 300)]);
    let done = device.sync(&town.transport(), &CancelToken::default());
    assert!(done.failure.is_none(), "{done:?}");
    let report = town.service().verify(Some(&town.app.blobs)).unwrap();
    assert!(report.blobs > 0 && report.problems.is_empty(), "{report:?}");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let hash = runtime.block_on(async {
        let mut found = Vec::new();
        for shelf in 0..=u8::MAX {
            found.extend(town.app.blobs.shelved(shelf).await.unwrap());
        }
        found.pop().unwrap().0
    });
    let install = town.install("w1");
    let headers = [("authorization", install.bearer.as_str())];
    let reply = town.send("GET", &format!("/v1/blobs/{hash}"), &headers, b"");
    assert_eq!(reply.status, 307, "{reply:?}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let address = reply.header("location").unwrap().to_owned();
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let bytes = send(host.parse().unwrap(), "GET", &format!("/{path}"), &[], b"");
    assert_eq!((bytes.status, BlobHash::of(&bytes.body)), (200, hash));
    // Nobody else learns that there is such a picture.
    let stranger = town.install("w2");
    let headers = [("authorization", stranger.bearer.as_str())];
    assert_eq!(
        town.send("GET", &format!("/v1/blobs/{hash}"), &headers, b"")
            .status,
        404
    );
}
