//! What can be wrong with a configuration. Every problem says where it stands and what to do.

use std::fmt;
use std::path::PathBuf;

/// Where a setting was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// In a file.
    File(PathBuf),
    /// In an environment variable of this name.
    Environment(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => write!(f, "environment variable {name}"),
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ConfigProblem {
    /// The file was named but cannot be read.
    #[error("{}: cannot be read ({source}); name an existing file or leave it out", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{}: line {line}: {message}; the file is TOML, see the commented file that `xunge-server init` writes", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// No setting has this name.
    #[error("{origin}: there is no setting `{name}`{}; correct the name or remove it", nearest.map(|n| format!(" (did you mean `{n}`?)")).unwrap_or_default())]
    Unknown {
        /// Where it stands.
        origin: Origin,
        /// The name.
        name: String,
        /// The setting with the most similar name.
        nearest: Option<&'static str>,
    },
    /// The value is not of the setting's kind.
    #[error("{origin}: `{name} = {value}` is not {expected}")]
    WrongValue {
        /// Where it stands.
        origin: Origin,
        /// The setting.
        name: String,
        /// The value as written.
        value: String,
        /// What is expected, with an example.
        expected: &'static str,
    },
    /// The number is out of bounds.
    #[error("{origin}: `{name} = {value}` is out of bounds; use {least} to {greatest} (default {default})")]
    OutOfBounds {
        /// Where it stands.
        origin: Origin,
        /// The setting.
        name: String,
        /// The value.
        value: u64,
        /// The least.
        least: u64,
        /// The greatest.
        greatest: u64,
        /// The default.
        default: u64,
    },
    /// A root is named and phones are not sent to an address with TLS.
    #[error(
        "`root_certificate` says under which root phones trust this server, so `public_url` must begin with https://; set it"
    )]
    RootWithoutTls,
    /// Two settings do not go together.
    #[error("`{smaller}` ({small}) must not be greater than `{greater}` ({great}); change one of them")]
    Contradiction {
        /// The setting that must be the smaller.
        smaller: &'static str,
        /// Its value.
        small: u64,
        /// The setting that must be the greater.
        greater: &'static str,
        /// Its value.
        great: u64,
    },
}

/// Everything that is wrong, at once.
#[derive(Debug)]
pub struct ConfigProblems(pub Vec<ConfigProblem>);

impl std::error::Error for ConfigProblems {}

impl fmt::Display for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration has {} problem(s):", self.0.len())?;
        for problem in &self.0 {
            write!(f, "\n  - {problem}")?;
        }
        Ok(())
    }
}
