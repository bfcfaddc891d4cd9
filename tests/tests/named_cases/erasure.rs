//! Erasure by law, from the server to the phones and back: whole reports, and single pictures and voice notes.

use std::collections::BTreeSet;
use std::path::PathBuf;

use xunge_core::app::PersonEntry;
use xunge_core::attachment::{AttachmentKind, BlobHash};
use xunge_core::id::ReportId;
use xunge_core::report::PersonPart;
use xunge_server::service::ReportRef;
use xunge_tests::world::{World, acts, operator};

use super::{GRID, world};

/// Nothing of it is left but its tombstone, on the server and on both phones.
fn assert_gone(world: &World, report: ReportId) {
    let story = world.story(report);
    assert!(story.is_erased && story.content.is_none() && story.people.is_empty() && story.blobs.is_empty());
    for phone in 0..2 {
        let view = world.device(phone).report(report).expect("a tombstone stays");
        let has_files = view.attachments.iter().any(|held| held.path.is_some());
        assert!(
            view.row.is_erased && view.content.is_none() && !has_files,
            "phone {phone}: {view:?}"
        );
    }
    let verified = world.service().verify(None).expect("it reads");
    assert_eq!(verified.problems, Vec::<String>::new());
}

/// The files of a report by its content: pictures with their thumbnails, or voice notes.
fn files(world: &World, report: ReportId, kind: AttachmentKind) -> BTreeSet<BlobHash> {
    let content = world.story(report).content.expect("it is not erased");
    let of_kind = content.attachments.into_values().filter(|one| one.kind == kind);
    of_kind
        .flat_map(|one| [Some(one.blob), one.thumbnail])
        .flatten()
        .collect()
}

/// Where a phone's files of attachments lie, those of these hashes.
fn held(world: &World, phone: usize, blobs: &BTreeSet<BlobHash>) -> Vec<PathBuf> {
    let folder = world.device(phone).folder().join("attachments");
    let all = std::fs::read_dir(folder).expect("the folder is there");
    all.map(|entry| entry.expect("it reads").path())
        .filter(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            blobs.iter().any(|blob| name.contains(&blob.to_string()))
        })
        .collect()
}

#[test]
fn what_is_erased_by_law_goes_everywhere_and_an_old_phone_that_offers_it_again_is_answered_erased() {
    let mut world = world(61, &["w01", "c01"]);
    let report = acts::draft(&world.device(0), GRID, "words of somebody who asks for erasure");
    acts::add_small_picture(&world.device(0), report, 7);
    acts::add_voice_note(&world.device(0), report, 8);
    let informant = PersonEntry {
        part: PersonPart::Informant,
        name: "王小明".into(),
        telephone: Some("13812345678".into()),
        remark: None,
    };
    world
        .device(0)
        .add_person(report, &informant)
        .expect("it is complete");
    world.device(0).submit(report).expect("it is complete");
    let copy = world.folder().join("before-it-was-sent");
    world.phones[0].back_up(&copy);
    world.sync_all_of(&[0, 1]);
    assert_eq!(world.story(report).people.len(), 1);
    let mut all = files(&world, report, AttachmentKind::Picture);
    all.append(&mut files(&world, report, AttachmentKind::VoiceNote));
    assert_eq!((all.len(), held(&world, 0, &all).len()), (3, 3));
    assert!(
        world
            .device(1)
            .report(report)
            .expect("the chief has it")
            .content
            .is_some()
    );
    let before = world.back_up_server();

    let freed = world
        .service()
        .erase_report(&operator(), &ReportRef::Id(report), "当事人申请")
        .expect("it is there");
    assert_eq!(BTreeSet::from_iter(freed), all, "their bytes go from the server");
    for _ in 0..3 {
        world.sync_all_of(&[0, 1]);
    }
    assert_gone(&world, report);
    for phone in 0..2 {
        assert_eq!(held(&world, phone, &all), Vec::<PathBuf>::new());
    }

    // A phone as it was before it had sent anything offers everything again, and makes no fuss about the answer.
    world.phones[0].restore(&copy);
    for _ in 0..4 {
        world.sync_all_of(&[0, 1]);
    }
    let status = world.device(0).status().expect("it reads");
    assert_eq!(
        (status.unsent_count, status.attention_count),
        (0, 0),
        "{status:?}"
    );
    assert_gone(&world, report);

    // A backup of before still has the key, so that the erasure has to be done again; phones then agree as before.
    world.restore_server(&before);
    world
        .service()
        .erase_report(&operator(), &ReportRef::Id(report), "恢复后重新删除")
        .expect("the backup has it");
    for _ in 0..3 {
        world.sync_all_of(&[0, 1]);
    }
    assert_gone(&world, report);
}

#[test]
fn an_erased_picture_or_voice_note_goes_everywhere_with_its_thumbnail_and_the_rest_stays() {
    for kind in [AttachmentKind::Picture, AttachmentKind::VoiceNote] {
        let mut world = world(62, &["w01", "c01"]);
        let report = acts::draft(&world.device(0), GRID, "somebody can be seen and heard");
        acts::add_picture(&world.device(0), report, 7);
        acts::add_voice_note(&world.device(0), report, 8);
        world.device(0).submit(report).expect("it is complete");
        let copy = world.folder().join("before-it-was-sent");
        world.phones[0].back_up(&copy);
        world.sync_all_of(&[0, 1]);
        for one in world
            .device(1)
            .report(report)
            .expect("the chief has it")
            .attachments
        {
            world
                .device(1)
                .want_attachment(report, one.id)
                .expect("it is known");
        }
        world.sync_all_of(&[0, 1]);
        let [erased, others] = match kind {
            AttachmentKind::Picture => [AttachmentKind::Picture, AttachmentKind::VoiceNote],
            AttachmentKind::VoiceNote => [AttachmentKind::VoiceNote, AttachmentKind::Picture],
        }
        .map(|kind| files(&world, report, kind));
        assert!(
            held(&world, 1, &erased).len() == erased.len() && held(&world, 1, &others).len() == others.len()
        );

        // A picture is named by the file that people look at, or by its thumbnail.
        for named in &erased {
            let freed = world
                .service()
                .erase_blob(&operator(), &ReportRef::Id(report), *named, "当事人申请")
                .expect("it is there");
            let is_first = Some(named) == erased.first();
            let expected = if is_first { erased.clone() } else { BTreeSet::new() };
            assert_eq!(BTreeSet::from_iter(freed), expected);
        }
        for _ in 0..3 {
            world.sync_all_of(&[0, 1]);
        }
        // What is written later brings nothing back, nor does a phone as it was before it had sent anything.
        acts::rewrite(&world.device(0), report, "other words");
        world.sync_all_of(&[0, 1]);
        assert_file_gone(&world, report, (&erased, &others));
        world.phones[0].restore(&copy);
        for _ in 0..4 {
            world.sync_all_of(&[0, 1]);
        }
        assert_file_gone(&world, report, (&erased, &others));
    }
}

/// The first files are nowhere any more, and the others everywhere.
fn assert_file_gone(
    world: &World,
    report: ReportId,
    (erased, others): (&BTreeSet<BlobHash>, &BTreeSet<BlobHash>),
) {
    let story = world.story(report);
    let stored: BTreeSet<BlobHash> = story.blobs.iter().map(|blob| blob.blob).collect();
    assert!(!story.is_erased && stored == *others, "{stored:?}");
    for phone in 0..2 {
        assert_eq!(held(world, phone, erased), Vec::<PathBuf>::new(), "phone {phone}");
        assert_eq!(held(world, phone, others).len(), others.len(), "phone {phone}");
        let status = world.device(phone).status().expect("it reads");
        assert_eq!(
            (
                status.unsent_count,
                status.unsent_attachment_bytes,
                status.attention_count
            ),
            (0, 0, 0),
            "phone {phone}: {status:?}"
        );
    }
    let verified = world.service().verify(None).expect("it reads");
    assert_eq!(verified.problems, Vec::<String>::new());
}
