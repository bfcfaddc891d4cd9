//! A phone whose keystore lost the database's key, and the township that gives it back.

use std::sync::Arc;

use rand::SeedableRng;
use xunge_core::app::{Phone, PhoneConfig};
use xunge_core::id::PersonId;
use xunge_core::key_file::{KEY_FILE_NAME, KeyFile, LostKey};
use xunge_core::store::HAS_CIPHER;
use xunge_core::time::SystemClock;

use super::{Desk, report, set_private, sync};

/// What the keystore gave before it lost it, and what it gives since.
const LOST: [u8; 32] = [0x5c; 32];
const FRESH: [u8; 32] = [0x33; 32];

#[test]
fn a_lost_database_key_comes_back_by_the_townships_recovery_key_alone_and_is_recorded() {
    let desk = Desk::new();
    let serving = desk.serve();
    let code = desk.good(&["enrol", "w1", "--text", "--url", &serving.url]);
    let config = PhoneConfig::new(Arc::new(SystemClock), "test");
    let phone = Phone::open(desk.path("phone"), config).unwrap();
    let key = HAS_CIPHER.then_some(LOST);
    let profile = phone
        .enrol_with_key(code.trim(), key, &serving.transport())
        .unwrap();
    let device = phone.device(&profile, key).unwrap();
    sync(&device, &serving);
    report(&device, "钥匙丢失之前写的");
    drop(device);
    let aside = phone.set_aside(&profile, "key_lost").unwrap();
    let folder = desk.path("phone").join(&aside.folder);
    if !HAS_CIPHER {
        // A build without a cipher lays down no key: the file is written as the other one writes it.
        let installs = desk.good(&["installs"]);
        let install = installs.split_whitespace().next().unwrap().parse().unwrap();
        let lost = LostKey::new(LOST, PersonId::new("w1").unwrap(), install);
        let public = std::fs::read_to_string(desk.path("data/keys/recovery.pub")).unwrap();
        let public = hex::decode(public.trim()).unwrap().try_into().unwrap();
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        let file = KeyFile::new(&LOST).with_box(&lost, &public, &mut rng).unwrap();
        std::fs::write(folder.join(KEY_FILE_NAME), file.to_json()).unwrap();
    }
    let said = desk.good(&["unwrap-key", folder.to_str().unwrap()]);
    assert!(said.contains("w1"), "{said}");
    let key: [u8; 32] = hex::decode(said.lines().last().unwrap())
        .unwrap()
        .try_into()
        .unwrap();
    assert_eq!(key, LOST);
    let other = desk.path("other.key");
    std::fs::write(&other, "07".repeat(32)).unwrap();
    set_private(&other);
    let file = folder.join(KEY_FILE_NAME);
    let arguments = [
        "unwrap-key",
        file.to_str().unwrap(),
        "--recovery-key",
        other.to_str().unwrap(),
    ];
    assert!(desk.bad(&arguments).contains("恢复密钥不对"));
    let not_one = desk.write("x.json", "{}");
    assert!(
        desk.bad(&["unwrap-key", not_one.to_str().unwrap()])
            .contains("key.json")
    );
    if HAS_CIPHER {
        let back = phone.take_back(&aside.folder, &key, &FRESH).unwrap();
        let device = phone.device(&back, Some(FRESH)).unwrap();
        sync(&device, &serving);
        assert_eq!(desk.good(&["queue"]).lines().count(), 1, "the work arrived");
    }
    assert!(desk.good(&["verify"]).contains("全部正确"));
    serving.stop();
}
