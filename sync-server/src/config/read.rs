//! From a file and the environment to a [`Config`]: flattens both to named texts, then reads each name once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Config, ConfigProblem, ConfigProblems, FILE_NAME, Language, Limits, Origin, TileDatum, Tiles};

const PLAIN: [&str; 8] = [
    "listen",
    "public_url",
    "data_folder",
    "language",
    "is_behind_tls",
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
    contradictions(&config.limits, &mut problems);
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
        if NOT_SETTINGS.contains(&variable.as_str()) {
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
    let expected = match name {
        "listen" => match value.parse() {
            Ok(address) => return config.listen = address,
            Err(_) => "an address with a port, such as \"0.0.0.0:8420\" or \"[::]:8420\"",
        },
        "public_url" => {
            let url = value.trim_end_matches('/');
            if is_url(url) {
                return config.public_url = Some(url.to_owned());
            }
            "an address that phones can open, such as \"http://192.168.1.10:8420\""
        }
        "data_folder" if !value.trim().is_empty() => return config.data_folder = PathBuf::from(value),
        "data_folder" => "the path of a folder, such as \"/var/lib/xunge\"",
        "language" => match value.as_str() {
            "zh" => return config.language = Language::Chinese,
            "en" => return config.language = Language::English,
            _ => "\"zh\" or \"en\"",
        },
        "is_behind_tls" => match value.parse() {
            Ok(is) => return config.is_behind_tls = is,
            Err(_) => "true or false",
        },
        "tile_url" if Tiles::is_url(&value) => {
            return config.tiles.get_or_insert_default().url = value;
        }
        "tile_url" => "an address with {x}, {y} and {z}, such as \"https://tiles.example/{z}/{x}/{y}.png\"",
        "tile_attribution" => return config.tiles.get_or_insert_default().attribution = value,
        "tile_datum" => match value.as_str() {
            "wgs84" => return config.tiles.get_or_insert_default().datum = TileDatum::Wgs84,
            "gcj02" => return config.tiles.get_or_insert_default().datum = TileDatum::Gcj02,
            _ => "\"wgs84\" or \"gcj02\"",
        },
        _ => {
            problems.push(ConfigProblem::Unknown {
                origin,
                name: name.to_owned(),
                nearest: nearest(name, PLAIN.into_iter()),
            });
            return;
        }
    };
    problems.push(ConfigProblem::WrongValue {
        origin,
        name: name.to_owned(),
        value,
        expected,
    });
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

fn is_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && !rest.contains(|c: char| c.is_whitespace() || c == '?')
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
