//! From a file and the environment to a [`Config`]: flattens both to named texts, then reads each name once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::blobs::Bucket;

use super::{Config, ConfigProblem, ConfigProblems, FILE_NAME, Language, Limits, Origin, TileDatum, Tiles};

const PLAIN: [&str; 13] = [
    "listen",
    "public_url",
    "root_certificate",
    "data_folder",
    "language",
    "is_behind_tls",
    "database_url",
    "blobs_url",
    "blobs_endpoint",
    "is_blobs_presigned",
    "tile_url",
    "tile_attribution",
    "tile_datum",
];
const PREFIX: &str = "XUNGE_";
/// Variables of the same prefix that are not settings: the file's own name, the log's filter, the output's language, and those of the
/// phone in the terminal, which people export in the same shell.
const NOT_SETTINGS: [&str; 6] = [
    "XUNGE_CONFIG",
    "XUNGE_LOG",
    "XUNGE_LANG",
    "XUNGE_PHONE",
    "XUNGE_PROFILE",
    "XUNGE_SERVER",
];

/// Begins the variables of tests.
const FOR_TESTS: &str = "XUNGE_TEST_";

/// A value as text together with where it stands.
struct Found {
    origin: Origin,
    value: String,
}

pub(super) fn load(
    file: Option<&Path>,
    environment: &BTreeMap<String, String>,
) -> Result<Config, ConfigProblems> {
    let mut problems = Vec::new();
    let mut found = BTreeMap::new();
    if let Some(path) = file_to_read(file, environment) {
        read_file(&path, &mut found, &mut problems);
    }
    read_environment(environment, &mut found);
    let mut config = Config::default();
    for (name, found) in found {
        apply(&mut config, &name, found, &mut problems);
    }
    // A datum without tiles says nothing.
    config.tiles = config.tiles.filter(|tiles| !tiles.url.is_empty());
    // So does an endpoint without a bucket.
    config.bucket = config.bucket.filter(|bucket| !bucket.name.is_empty());
    contradictions(&config.limits, &mut problems);
    let is_https = |url: &String| url.starts_with("https://");
    if config.root_pem.is_some() && !config.public_url.as_ref().is_some_and(is_https) {
        problems.push(ConfigProblem::RootWithoutTls);
    }
    if problems.is_empty() {
        Ok(config)
    } else {
        Err(ConfigProblems(problems))
    }
}

/// The named file, which must exist; else the data folder's own, where there is one.
fn file_to_read(file: Option<&Path>, environment: &BTreeMap<String, String>) -> Option<PathBuf> {
    if let Some(path) = file {
        return Some(path.to_owned());
    }
    if let Some(path) = environment.get("XUNGE_CONFIG") {
        return Some(PathBuf::from(path));
    }
    let folder = environment
        .get("XUNGE_DATA_FOLDER")
        .map_or_else(|| Config::default().data_folder, PathBuf::from);
    let path = folder.join(FILE_NAME);
    path.exists().then_some(path)
}

fn read_file(path: &Path, found: &mut BTreeMap<String, Found>, problems: &mut Vec<ConfigProblem>) {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(source) => {
            problems.push(ConfigProblem::Unreadable {
                path: path.to_owned(),
                source,
            });
            return;
        }
    };
    // A file saved by an editor on Windows may begin with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    match text.parse::<toml::Table>() {
        Ok(table) => flatten("", &table, path, found),
        Err(error) => problems.push(ConfigProblem::Syntax {
            path: path.to_owned(),
            line: error.span().map_or(1, |span| {
                text[..span.start.min(text.len())].matches('\n').count() + 1
            }),
            message: error.message().to_owned(),
        }),
    }
}

fn flatten(prefix: &str, table: &toml::Table, path: &Path, found: &mut BTreeMap<String, Found>) {
    for (key, value) in table {
        let name = format!("{prefix}{key}");
        match value {
            toml::Value::Table(inner) => flatten(&format!("{name}."), inner, path, found),
            other => {
                let value = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
                found.insert(
                    name,
                    Found {
                        origin: Origin::File(path.to_owned()),
                        value,
                    },
                );
            }
        }
    }
}

fn read_environment(environment: &BTreeMap<String, String>, found: &mut BTreeMap<String, Found>) {
    for (variable, value) in environment {
        let Some(name) = variable.strip_prefix(PREFIX) else {
            continue;
        };
        if NOT_SETTINGS.contains(&variable.as_str()) || variable.starts_with(FOR_TESTS) {
            continue;
        }
        let name = name.to_ascii_lowercase();
        let name = match name.strip_prefix("limits_") {
            Some(limit) => format!("limits.{limit}"),
            None => name,
        };
        found.insert(
            name,
            Found {
                origin: Origin::Environment(variable.clone()),
                value: value.clone(),
            },
        );
    }
}

fn apply(config: &mut Config, name: &str, found: Found, problems: &mut Vec<ConfigProblem>) {
    let Found { origin, value } = found;
    if let Some(limit) = name.strip_prefix("limits.") {
        return apply_limit(&mut config.limits, limit, origin, &value, problems);
    }
    let expected = match set(config, name, &value) {
        Set::Done => return,
        Set::Expected(expected) => expected,
        Set::Unknown => {
            return problems.push(ConfigProblem::Unknown {
                origin,
                name: name.to_owned(),
                nearest: nearest(name, PLAIN.into_iter()),
            });
        }
    };
    // An address may have a password in it.
    let value = match name {
        "database_url" => "…".to_owned(),
        _ => value,
    };
    problems.push(ConfigProblem::WrongValue {
        origin,
        name: name.to_owned(),
        value,
        expected,
    });
}

/// What became of a setting.
enum Set {
    Done,
    Expected(&'static str),
    Unknown,
}

impl Set {
    /// Done where something was set, else what was expected.
    fn or(done: Option<()>, expected: &'static str) -> Self {
        done.map_or(Self::Expected(expected), |()| Self::Done)
    }
}

fn set(config: &mut Config, name: &str, value: &str) -> Set {
    let yes_or_no = || value.parse::<bool>().ok();
    match name {
        "listen" => Set::or(
            value.parse().ok().map(|address| config.listen = address),
            "an address with a port, such as \"0.0.0.0:8420\" or \"[::]:8420\"",
        ),
        "public_url" => {
            let url = Some(value.trim_end_matches('/')).filter(|url| is_url(url));
            let done = url.map(|url| config.public_url = Some(url.to_owned()));
            Set::or(
                done,
                "an address that phones can open, such as \"http://192.168.1.10:8420\"; a Chinese name in its form with xn--",
            )
        }
        "root_certificate" => {
            let pem = std::fs::read_to_string(value).ok();
            let pem = pem.filter(|pem| pem.contains("-----BEGIN CERTIFICATE-----"));
            Set::or(
                pem.map(|pem| config.root_pem = Some(pem)),
                "a readable file with certificates as PEM, such as \"/etc/xunge/root.pem\"",
            )
        }
        "data_folder" => {
            let path = Some(value).filter(|value| !value.trim().is_empty());
            let done = path.map(|path| config.data_folder = PathBuf::from(path));
            Set::or(done, "the path of a folder, such as \"/var/lib/xunge\"")
        }
        "language" => {
            let language = match value {
                "zh" => Some(Language::Chinese),
                "en" => Some(Language::English),
                _ => None,
            };
            Set::or(
                language.map(|language| config.language = language),
                "\"zh\" or \"en\"",
            )
        }
        "is_behind_tls" => Set::or(yes_or_no().map(|is| config.is_behind_tls = is), "true or false"),
        _ => set_shared(config, name, value),
    }
}

/// What nodes share, and maps.
fn set_shared(config: &mut Config, name: &str, value: &str) -> Set {
    // The address and the words about presigning may stand before the bucket.
    let bucket = |config: &mut Config| config.bucket.take().unwrap_or_else(Bucket::unnamed);
    match name {
        "database_url" => Set::or(
            value.parse().ok().map(|address| config.database = Some(address)),
            "a PostgreSQL address such as \"postgres://xunge@db.example/county?schema=xunge\", without TLS",
        ),
        "blobs_url" => {
            let held = bucket(config);
            let named = Bucket::parse(value).map(|named| Bucket {
                endpoint: held.endpoint,
                is_presigned: held.is_presigned,
                ..named
            });
            Set::or(
                named.map(|named| config.bucket = Some(named)),
                "a bucket such as \"s3://bucket/folder\"",
            )
        }
        "blobs_endpoint" => {
            let url = Some(value.trim_end_matches('/')).filter(|url| is_url(url));
            let held = bucket(config);
            let endpoint = url.map(str::to_owned);
            let done = endpoint.is_some().then_some(());
            config.bucket = Some(Bucket { endpoint, ..held });
            Set::or(
                done,
                "the address of a server that speaks S3, such as \"http://s3.example:9000\"",
            )
        }
        "is_blobs_presigned" => {
            let is_presigned = value.parse().ok();
            let held = bucket(config);
            config.bucket = Some(Bucket {
                is_presigned: is_presigned.unwrap_or_default(),
                ..held
            });
            Set::or(is_presigned.map(|_| ()), "true or false")
        }
        _ => set_tiles(config, name, value),
    }
}

fn set_tiles(config: &mut Config, name: &str, value: &str) -> Set {
    match name {
        "tile_url" => {
            let url = Some(value).filter(|url| Tiles::is_url(url));
            let done = url.map(|url| config.tiles.get_or_insert_default().url = url.to_owned());
            Set::or(
                done,
                "an address with {x}, {y} and {z}, such as \"https://tiles.example/{z}/{x}/{y}.png\"",
            )
        }
        "tile_attribution" => {
            config.tiles.get_or_insert_default().attribution = value.to_owned();
            Set::Done
        }
        "tile_datum" => {
            let datum = match value {
                "wgs84" => Some(TileDatum::Wgs84),
                "gcj02" => Some(TileDatum::Gcj02),
                _ => None,
            };
            let done = datum.map(|datum| config.tiles.get_or_insert_default().datum = datum);
            Set::or(done, "\"wgs84\" or \"gcj02\"")
        }
        _ => Set::Unknown,
    }
}

fn apply_limit(
    limits: &mut Limits,
    name: &str,
    origin: Origin,
    value: &str,
    problems: &mut Vec<ConfigProblem>,
) {
    let Some(spec) = Limits::ALL.iter().find(|spec| spec.name == name) else {
        problems.push(ConfigProblem::Unknown {
            origin,
            name: format!("limits.{name}"),
            nearest: nearest(name, Limits::ALL.iter().map(|spec| spec.name)),
        });
        return;
    };
    match value.replace('_', "").parse::<u64>() {
        Ok(number) if (spec.least..=spec.greatest).contains(&number) => {
            assert!(limits.set(name, number), "every limit in the table can be set");
        }
        Ok(number) => problems.push(ConfigProblem::OutOfBounds {
            origin,
            name: format!("limits.{name}"),
            value: number,
            least: spec.least,
            greatest: spec.greatest,
            default: spec.default,
        }),
        Err(_) => problems.push(ConfigProblem::WrongValue {
            origin,
            name: format!("limits.{name}"),
            value: value.to_owned(),
            expected: "a whole number in the unit that its name says",
        }),
    }
}

fn contradictions(limits: &Limits, problems: &mut Vec<ConfigProblem>) {
    for (smaller, small, greater, great) in [
        (
            "limits.sync_body_bytes_max",
            limits.sync_body_bytes_max,
            "limits.sync_unpacked_bytes_max",
            limits.sync_unpacked_bytes_max,
        ),
        (
            "limits.upload_step_bytes",
            limits.upload_step_bytes,
            "limits.picture_bytes_max",
            limits.picture_bytes_max,
        ),
    ] {
        if small > great {
            problems.push(ConfigProblem::Contradiction {
                smaller,
                small,
                greater,
                great,
            });
        }
    }
}

/// Whether it is an address of HTTP in the signs that DNS has: phones carry no tables of all others, so a Chinese name is given in the form
/// that begins with `xn--`.
fn is_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| {
        let is_foreign = |sign: char| !sign.is_ascii() || sign.is_whitespace() || sign == '?';
        !rest.is_empty() && !rest.starts_with('/') && !rest.contains(is_foreign)
    })
}

/// The known name with the fewest edits to this one, where they are few.
fn nearest(name: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    known
        .map(|candidate| (edits(name, candidate), candidate))
        .min()
        .filter(|(edits, candidate)| *edits * 3 <= candidate.len())
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance in characters.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
