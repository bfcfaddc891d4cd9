//! Uploads by tus 1.0.0, as any client speaks it: cut anywhere, at wrong offsets, with lies.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use xunge_core::attachment::BlobHash;
use xunge_core::id::ReportId;
use xunge_core::signature::sha256;
use xunge_server::service::ReportRef;

use super::client::{Reply, send_and_cut};
use super::town::{Install, OPERATOR, Town, picture};

const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const OCTETS: (&str, &str) = ("content-type", "application/offset+octet-stream");

struct Upload<'t> {
    town: &'t Town,
    bearer: String,
    path: String,
}

fn metadata(report: ReportId, hash: BlobHash, kind: &str) -> String {
    let pairs = [
        ("report", report.to_string()),
        ("sha256", hash.to_string()),
        ("kind", kind.to_owned()),
    ];
    pairs
        .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)))
        .join(",")
}

fn create(town: &Town, install: &Install, length: usize, metadata: &str) -> Reply {
    let length = length.to_string();
    let headers = [
        ("authorization", install.bearer.as_str()),
        TUS,
        ("upload-length", &length),
        ("upload-metadata", metadata),
    ];
    town.send("POST", "/v1/uploads", &headers, b"")
}

impl<'t> Upload<'t> {
    fn begin(town: &'t Town, install: &Install, report: ReportId, bytes: &[u8], hash: BlobHash) -> Self {
        let reply = create(town, install, bytes.len(), &metadata(report, hash, "picture"));
        assert_eq!(reply.status, 201, "{reply:?}");
        assert_eq!(reply.header("tus-resumable"), Some("1.0.0"));
        assert!(
            reply
                .header("upload-expires")
                .is_some_and(|at| at.ends_with(" GMT"))
        );
        Self {
            town,
            bearer: install.bearer.clone(),
            path: reply.header("location").expect("a location").to_owned(),
        }
    }

    fn headers<'h>(&'h self, offset: &'h str) -> Vec<(&'h str, &'h str)> {
        vec![
            ("authorization", &self.bearer),
            TUS,
            OCTETS,
            ("upload-offset", offset),
        ]
    }

    fn patch(&self, offset: usize, bytes: &[u8]) -> Reply {
        self.patch_with(offset, bytes, &[])
    }

    fn patch_with(&self, offset: usize, bytes: &[u8], more: &[(&str, &str)]) -> Reply {
        let offset = offset.to_string();
        let mut headers = self.headers(&offset);
        headers.extend_from_slice(more);
        self.town.send("PATCH", &self.path, &headers, bytes)
    }

    fn head(&self) -> Reply {
        let headers = [("authorization", self.bearer.as_str()), TUS];
        self.town.send("HEAD", &self.path, &headers, b"")
    }

    fn offset(&self) -> usize {
        let reply = self.head();
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        reply.header("upload-offset").unwrap().parse().unwrap()
    }
}

/// A report of `w1` that is on the server, and an install of the same person to upload with.
fn town_with_report() -> (Town, Install, ReportId) {
    let town = Town::open();
    let device = town.device("w1");
    let report = town.report(&device, "横幅", &[]);
    let install = town.install("w1");
    (town, install, report)
}

#[test]
fn the_server_says_what_its_tus_can_do() {
    let town = Town::open();
    let reply = town.send("OPTIONS", "/v1/uploads", &[], b"");
    assert_eq!(reply.status, 204);
    for (name, value) in [
        ("tus-resumable", "1.0.0"),
        ("tus-version", "1.0.0"),
        ("tus-extension", "creation,checksum,expiration,termination"),
        ("tus-checksum-algorithm", "sha256,sha1"),
    ] {
        assert_eq!(reply.header(name), Some(value));
    }
    assert!(reply.header("tus-max-size").is_some());
}

#[test]
fn an_upload_cut_at_any_byte_keeps_what_arrived_and_goes_on_from_there() {
    let (town, install, report) = town_with_report();
    let bytes = picture(1, 60);
    let hash = BlobHash::of(&bytes);
    let upload = Upload::begin(&town, &install, report, &bytes, hash);
    let mut offset = 0;
    // Cuts at every seventh byte and around the steps of 1,024 bytes, each going on from where the server says that it stands.
    let cuts = (1..bytes.len()).filter(|at| at % 701 == 0 || (at % 1_024) < 2);
    for cut in cuts {
        let text = offset.to_string();
        let sent = cut.saturating_sub(offset);
        if sent == 0 {
            continue;
        }
        let headers = upload.headers(&text);
        send_and_cut(town.at, "PATCH", &upload.path, &headers, &bytes[offset..], sent);
        let now = upload.offset();
        assert!(
            (offset..=cut).contains(&now),
            "cut at {cut}: stood at {offset}, stands at {now}"
        );
        offset = now;
    }
    assert!(offset > 0, "what arrived before the cuts was kept");
    // The last request that was cut may be taken in after the question where the upload stands: the server says so, and a client asks
    // anew. This ends, since each such answer means that one of the requests before has moved the offset.
    let reply = loop {
        let offset = upload.offset();
        let reply = upload.patch(offset, &bytes[offset..]);
        if reply.status != 409 {
            break reply;
        }
    };
    assert_eq!(reply.status, 204, "{reply:?}");
    assert_eq!(
        reply.header("upload-offset"),
        Some(bytes.len().to_string().as_str())
    );
    let path = format!("/v1/blobs/{hash}");
    let stored = town.send("GET", &path, &[("authorization", &install.bearer)], b"");
    assert_eq!((stored.status, stored.body), (200, bytes));
}

#[test]
fn a_whole_upload_is_one_feed_row_and_a_lost_answer_is_harmless() {
    let (town, install, report) = town_with_report();
    let bytes = picture(2, 40);
    let upload = Upload::begin(&town, &install, report, &bytes, BlobHash::of(&bytes));
    assert_eq!(upload.patch(0, &bytes).status, 204);
    // The client that lost the answer asks, and begins again; both say that it is done.
    assert_eq!(upload.offset(), bytes.len());
    let again = create(
        &town,
        &install,
        bytes.len(),
        &metadata(report, BlobHash::of(&bytes), "picture"),
    );
    assert_eq!(again.status, 201);
    assert_eq!(
        again.header("upload-offset"),
        Some(bytes.len().to_string().as_str())
    );
    assert_eq!(town.service().counts().unwrap().blobs, 1);
}

#[test]
fn a_wrong_offset_changes_nothing() {
    let (town, install, report) = town_with_report();
    let bytes = picture(3, 40);
    let upload = Upload::begin(&town, &install, report, &bytes, BlobHash::of(&bytes));
    assert_eq!(upload.patch(0, &bytes[..100]).status, 204);
    for offset in [0, 99, 101, bytes.len()] {
        let reply = upload.patch(offset, &bytes[100..200]);
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (409, "wrong_offset"),
            "{offset}"
        );
        assert_eq!(reply.header("tus-resumable"), Some("1.0.0"));
    }
    assert_eq!(upload.offset(), 100);
    let beyond = upload.patch(100, &[bytes[100..].to_vec(), vec![0]].concat());
    assert_eq!((beyond.status, beyond.code().as_str()), (413, "too_large"));
    assert_eq!(upload.patch(100, &bytes[100..]).status, 204);
}

#[test]
fn a_piece_that_lies_about_its_checksum_is_dropped_alone() {
    let (town, install, report) = town_with_report();
    let bytes = picture(4, 100);
    let upload = Upload::begin(&town, &install, report, &bytes, BlobHash::of(&bytes));
    let sum = |bytes: &[u8]| format!("sha256 {}", STANDARD.encode(sha256(bytes)));
    let wrong = sum(b"something else");
    let reply = upload.patch_with(0, &bytes[..3_000], &[("upload-checksum", &wrong)]);
    assert_eq!((reply.status, reply.code().as_str()), (460, "checksum_mismatch"));
    assert_eq!(upload.offset(), 0);
    let reply = upload.patch_with(0, &bytes[..3_000], &[("upload-checksum", "md5 AAAA")]);
    assert_eq!((reply.status, reply.code().as_str()), (400, "malformed"));
    let right = sum(&bytes[..3_000]);
    let reply = upload.patch_with(0, &bytes[..3_000], &[("upload-checksum", &right)]);
    assert_eq!(reply.status, 204, "{reply:?}");
    let rest = sum(&bytes[3_000..]);
    let reply = upload.patch_with(3_000, &bytes[3_000..], &[("upload-checksum", &rest)]);
    assert_eq!(reply.status, 204, "{reply:?}");
}

#[test]
fn a_file_that_lies_about_its_hash_or_kind_is_dropped_whole() {
    let (town, install, report) = town_with_report();
    let bytes = picture(5, 40);
    let lie = Upload::begin(&town, &install, report, &bytes, BlobHash::of(b"another file"));
    let reply = lie.patch(0, &bytes);
    assert_eq!((reply.status, reply.code().as_str()), (460, "hash_mismatch"));
    assert_eq!(lie.head().status, 404);
    let page = b"<html><script>alert(1)</script></html>";
    let html = Upload::begin(&town, &install, report, page, BlobHash::of(page));
    let reply = html.patch(0, page);
    assert_eq!(
        (reply.status, reply.code().as_str()),
        (422, "attachment_unreadable")
    );
    assert_eq!(town.service().counts().unwrap().blobs, 0);
}

#[test]
fn declarations_that_cannot_be_are_refused_before_any_byte() {
    let (town, install, report) = town_with_report();
    let hash = BlobHash::of(b"x");
    let good = metadata(report, hash, "picture");
    let unknown = ReportId::from_bytes([7; 16]);
    for (length, metadata, wanted) in [
        (0, good.clone(), (400, "malformed")),
        (1 << 40, good.clone(), (413, "too_large")),
        (10, metadata(report, hash, "video"), (400, "malformed")),
        (10, String::from("report !!!"), (400, "malformed")),
        (10, good.replace("sha256", "md5"), (400, "malformed")),
        (10, metadata(unknown, hash, "picture"), (404, "not_found")),
    ] {
        let reply = create(&town, &install, length, &metadata);
        assert_eq!(
            (reply.status, reply.code().as_str()),
            wanted,
            "{length} {metadata}"
        );
    }
    let headers = [("authorization", install.bearer.as_str()), ("upload-length", "1")];
    let reply = town.send("POST", "/v1/uploads", &headers, b"");
    assert_eq!((reply.status, reply.code().as_str()), (412, "tus_version"));
    assert_eq!(reply.header("tus-version"), Some("1.0.0"));
}

#[test]
fn an_upload_is_its_installs_alone_and_ends_at_its_wish() {
    let (town, install, report) = town_with_report();
    let bytes = picture(6, 40);
    let upload = Upload::begin(&town, &install, report, &bytes, BlobHash::of(&bytes));
    let other = town.install("w2");
    let foreign = Upload {
        town: &town,
        bearer: other.bearer.clone(),
        path: upload.path.clone(),
    };
    assert_eq!(foreign.head().status, 404);
    assert_eq!(foreign.patch(0, &bytes).status, 404);
    assert_eq!(upload.offset(), 0);
    // A client that can only post says what it means in a header.
    let end = |bearer: &str| {
        let headers = [
            ("authorization", bearer),
            TUS,
            ("x-http-method-override", "DELETE"),
        ];
        town.send("POST", &upload.path, &headers, b"").status
    };
    assert_eq!(end(&other.bearer), 404);
    assert_eq!(end(&install.bearer), 204);
    assert_eq!(upload.head().status, 404);
}

#[test]
fn what_is_erased_while_it_arrives_is_refused_with_its_last_byte_and_leaves_nothing() {
    let (town, install, report) = town_with_report();
    let bytes = picture(8, 40);
    let hash = BlobHash::of(&bytes);
    let upload = Upload::begin(&town, &install, report, &bytes, hash);
    assert_eq!(upload.patch(0, &bytes[..100]).status, 204);
    let erased = town
        .service()
        .erase_report(&OPERATOR, &ReportRef::Id(report), "当事人申请")
        .unwrap();
    assert!(erased.is_empty(), "nothing of it had arrived whole");
    let last = upload.patch(100, &bytes[100..]);
    assert_eq!((last.status, last.code().as_str()), (410, "erased"));
    assert_eq!(upload.head().status, 404);
    // Neither under its hash nor among unfinished ones.
    let mut folders = vec![town.app.config.blobs_path(), town.app.config.uploads_path()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.path().is_dir() {
                true => folders.push(entry.path()),
                false => assert!(!std::fs::read(entry.path()).unwrap().starts_with(&bytes[..100])),
            }
        }
    }
}

#[test]
fn the_device_core_uploads_thumbnail_and_picture_and_others_fetch_them() {
    let town = Town::open();
    let worker = town.device("w1");
    let chief = town.device("c1");
    town.report(&worker, "", &[picture(7, 700)]);
    assert!(
        worker.status().unwrap().unsent_attachment_bytes == 0,
        "{:?}",
        worker.status()
    );
    assert_eq!(town.service().counts().unwrap().blobs, 2);
    let done = chief.sync(&town.transport(), &Default::default());
    assert!(done.failure.is_none(), "{done:?}");
}
