//! The configuration: defaults that work, every problem at once, secrets that are files.

use std::collections::BTreeMap;
use std::path::Path;

use rand::SeedableRng;
use rand::rngs::StdRng;
use xunge_server::blobs::Bucket;
use xunge_server::config::{
    Config, ConfigProblem, FolderProblem, Language, Limits, Secrets, SecretsProblem, Tiles, open_folder,
};

fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn without_any_setting_the_defaults_hold() {
    let config = Config::load(None, &environment(&[("XUNGE_DATA_FOLDER", "/nowhere/at/all")])).unwrap();
    assert_eq!(config.limits, Limits::default());
    assert_eq!((config.listen.port(), config.language), (8420, Language::Chinese));
}

#[test]
fn the_template_with_every_comment_removed_is_the_default() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.toml");
    let text: String = Config::template()
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            // Its file would have to exist.
            Some(setting) if setting.starts_with("root_certificate = ") => String::new(),
            Some(setting) if setting.contains(" = ") => format!("{setting}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    std::fs::write(&path, text).unwrap();
    let config = Config::load(Some(&path), &BTreeMap::new()).unwrap();
    let default = Config {
        public_url: Some("http://192.168.1.10:8420".into()),
        tiles: Some(Tiles {
            url: "https://tiles.example/{z}/{x}/{y}.png".into(),
            ..Tiles::default()
        }),
        database: "postgres://xunge@db.example/county?schema=xunge".parse().ok(),
        bucket: Some(Bucket {
            name: "bucket".into(),
            folder: "folder".into(),
            endpoint: Some("http://s3.example:9000".into()),
            is_presigned: false,
        }),
        ..Config::default()
    };
    assert!(default.database.is_some(), "the template names a database");
    assert_eq!(config, default);
}

#[test]
fn a_root_is_read_from_its_file_and_wants_phones_sent_to_tls() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.pem");
    let named = path.to_str().unwrap();
    let load = |url: &str| {
        let pairs = [("XUNGE_ROOT_CERTIFICATE", named), ("XUNGE_PUBLIC_URL", url)];
        Config::load(None, &environment(&pairs))
    };
    let said = load("https://town.example").unwrap_err().to_string();
    assert!(
        said.contains("`root_certificate =") && said.contains("PEM"),
        "{said}"
    );
    let pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
    std::fs::write(&path, pem).unwrap();
    let said = load("http://town.example").unwrap_err().to_string();
    assert!(said.contains("must begin with https://"), "{said}");
    let config = load("https://town.example").unwrap();
    assert_eq!(config.root_pem.as_deref(), Some(pem));
    let code = config.enrolment_code("k7".into()).to_string();
    assert!(
        code.starts_with("xunge:2:") && code.ends_with(":https://town.example:k7"),
        "{code}"
    );
}

#[test]
fn every_problem_of_file_and_environment_is_told_at_once_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.toml");
    std::fs::write(
        &path,
        "\u{feff}listen = \"8420\"\nlanguge = \"en\"\n[limits]\nwait_ms_max = 99999999\nsync_items_max = \"many\"\n",
    )
    .unwrap();
    let environment = environment(&[
        ("XUNGE_PUBLIC_URL", "ftp://x"),
        ("XUNGE_LIMITS_SYNC_UNPACKED_BYTES_MAX", "65536"),
        ("XUNGE_IS_BEHIND_TLS", "perhaps"),
        ("XUNGE_LOG", "debug"),
        ("PATH", "/bin"),
    ]);
    let problems = Config::load(Some(&path), &environment).unwrap_err();
    let text = problems.to_string();
    assert_eq!(problems.0.len(), 7, "{text}");
    for wanted in [
        "`listen = 8420` is not an address with a port",
        "there is no setting `languge` (did you mean `language`?)",
        "`limits.wait_ms_max = 99999999` is out of bounds; use 10 to 60000",
        "`limits.sync_items_max = many` is not a whole number",
        "environment variable XUNGE_PUBLIC_URL: `public_url = ftp://x`",
        "environment variable XUNGE_IS_BEHIND_TLS",
        "`limits.sync_body_bytes_max` (2097152) must not be greater than `limits.sync_unpacked_bytes_max` (65536)",
    ] {
        assert!(text.contains(wanted), "{wanted}\nin\n{text}");
    }
}

#[test]
fn an_address_in_signs_that_phones_have_no_tables_for_is_named_with_what_to_write() {
    let load = |url: &str| Config::load(None, &environment(&[("XUNGE_PUBLIC_URL", url)]));
    let problems = load("https://上报.政务.cn").unwrap_err();
    assert!(
        problems
            .to_string()
            .contains("a Chinese name in its form with xn--"),
        "{problems}"
    );
    let config = load("https://xn--efv64l.xn--zfr164b.cn/").unwrap();
    assert_eq!(
        config.public_url.as_deref(),
        Some("https://xn--efv64l.xn--zfr164b.cn")
    );
}

#[test]
fn a_file_that_is_missing_or_no_toml_is_told_with_its_line() {
    let missing = Config::load(Some(Path::new("/nowhere.toml")), &BTreeMap::new()).unwrap_err();
    assert!(matches!(missing.0[..], [ConfigProblem::Unreadable { .. }]));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.toml");
    std::fs::write(&path, "language = \"en\"\nlisten = = 3\n").unwrap();
    let broken = Config::load(Some(&path), &BTreeMap::new()).unwrap_err();
    assert!(
        matches!(broken.0[..], [ConfigProblem::Syntax { line: 2, .. }]),
        "{broken}"
    );
}

#[test]
fn secrets_are_private_files_that_are_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    let secrets = Secrets::random(&mut StdRng::seed_from_u64(1));
    assert!(matches!(Secrets::load(&keys), Err(SecretsProblem::Missing(_))));
    secrets.write(&keys).unwrap();
    let read = Secrets::load(&keys).unwrap();
    assert_eq!(read.master_key, secrets.master_key);
    assert_eq!(read.recovery.secret, secrets.recovery.secret);
    assert_eq!(read.server_key.public(), secrets.server_key.public());
    assert_eq!(format!("{read:?}"), "Secrets");
    let other = Secrets::random(&mut StdRng::seed_from_u64(2));
    assert!(matches!(other.write(&keys), Err(SecretsProblem::Exists(_))));
    // The private half of the recovery key may live elsewhere.
    std::fs::remove_file(keys.join("recovery.key")).unwrap();
    assert_eq!(Secrets::load(&keys).unwrap().recovery.secret, None);
}

#[cfg(unix)]
#[test]
fn keys_that_others_may_read_or_that_are_damaged_are_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    Secrets::random(&mut StdRng::seed_from_u64(1))
        .write(&keys)
        .unwrap();
    let master = keys.join("master.key");
    let mode = |mode| std::fs::set_permissions(&master, std::fs::Permissions::from_mode(mode)).unwrap();
    assert_eq!(
        std::fs::metadata(&master).unwrap().permissions().mode() & 0o777,
        0o600
    );
    mode(0o644);
    assert!(matches!(Secrets::load(&keys), Err(SecretsProblem::TooOpen(_))));
    mode(0o600);
    std::fs::write(&master, "hello").unwrap();
    assert!(matches!(Secrets::load(&keys), Err(SecretsProblem::Damaged(_))));
}

#[test]
fn a_data_folder_that_is_missing_or_a_file_or_read_only_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    assert!(matches!(open_folder(&missing), Err(FolderProblem::Missing(_))));
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    assert!(matches!(open_folder(&file), Err(FolderProblem::NotFolder(_))));
    assert!(open_folder(folder.path()).is_ok());
    // The system's own read-only folder: also for root, whom permissions do not bind.
    let read_only = Path::new("/proc");
    if read_only.is_dir() {
        let problem = open_folder(read_only).unwrap_err();
        assert!(matches!(problem, FolderProblem::ReadOnly { .. }), "{problem}");
        assert!(problem.to_string().contains("cannot be written"));
    }
}

#[tokio::test]
async fn a_port_in_use_is_told_with_what_to_do() {
    let first = xunge_server::serve::listen("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let taken = first.local_addr().unwrap();
    let problem = xunge_server::serve::listen(taken).await.unwrap_err();
    let text = problem.to_string();
    assert!(text.contains("in use") && text.contains("XUNGE_LISTEN"), "{text}");
}
