//! Where a PostgreSQL database is: `postgres://user@host/database?schema=county`, or with a socket's folder,
//! `postgres:///database?host=/run/postgresql`; with TLS `…&sslmode=verify-full&sslrootcert=/etc/xunge/db-ca.pem`.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use tokio_postgres::config::SslMode;

use super::tls::Tls;

/// The schema in which the tables lie where none is named.
const SCHEMA: &str = "xunge";

/// An address, with the password that may stand in it; never printed whole.
#[derive(Clone)]
pub struct PostgresAddress {
    pub(super) config: Box<tokio_postgres::Config>,
    pub(super) schema: String,
    pub(super) tls: Tls,
}

/// The same words lead to the same database; how they are encrypted is one of them.
impl PartialEq for PostgresAddress {
    fn eq(&self, other: &Self) -> bool {
        self.config == other.config && self.schema == other.schema
    }
}

impl Eq for PostgresAddress {}

/// Why a text is no address of a PostgreSQL database.
#[derive(Debug, thiserror::Error)]
pub enum AddressProblem {
    /// It is not of the form that PostgreSQL's own tools take.
    #[error("it is no address of a PostgreSQL database ({0})")]
    Form(String),
    /// The schema's name has other characters than small letters, digits and `_`.
    #[error("the schema's name may have small letters, digits and _")]
    Schema,
    /// It asks for TLS without saying whom to trust.
    #[error("TLS to the database needs sslrootcert=FILE: the certificates that are trusted")]
    NoRoots,
    /// The file of trusted certificates cannot be used.
    #[error("the certificates for TLS to the database cannot be used: {0}")]
    Roots(#[from] std::io::Error),
}

impl FromStr for PostgresAddress {
    type Err = AddressProblem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        let mut schema = SCHEMA.to_owned();
        let (mut rest, mut roots, mut is_encrypted) = (Vec::new(), None, false);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("schema", name)) => schema = name.to_owned(),
                // Who would take TLS or do without gets what is certain: none. The others are the same here: roots and name are checked.
                Some(("sslmode", mode)) => is_encrypted = !matches!(mode, "disable" | "prefer" | "allow"),
                Some(("sslrootcert", file)) => roots = Some(file.to_owned()),
                _ => rest.push(pair),
            }
        }
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if schema.is_empty() || schema.len() > 60 || !schema.chars().all(is_name) {
            return Err(AddressProblem::Schema);
        }
        let plain = format!("{base}?{}", rest.join("&"));
        let mut config: tokio_postgres::Config = plain
            .trim_end_matches('?')
            .parse()
            .map_err(|error: tokio_postgres::Error| AddressProblem::Form(error.to_string()))?;
        let tls = match (is_encrypted, roots) {
            (true, Some(file)) => Tls::with_roots(Path::new(&file))?,
            (true, None) => return Err(AddressProblem::NoRoots),
            (false, _) => Tls::default(),
        };
        config.ssl_mode(if is_encrypted {
            SslMode::Require
        } else {
            SslMode::Disable
        });
        if config.get_application_name().is_none() {
            config.application_name("xunge-server");
        }
        Ok(Self {
            config: Box::new(config),
            schema,
            tls,
        })
    }
}

impl PostgresAddress {
    /// As tokio-postgres takes it, for tools that look at the tables past this program.
    pub fn client_config(&self) -> &tokio_postgres::Config {
        &self.config
    }

    /// The same database with a schema that is named after this one.
    pub(crate) fn beside(&self, suffix: &str) -> Self {
        self.with_schema(&format!("{}_{suffix}", self.schema))
    }

    /// The same database under another schema's name.
    pub(crate) fn with_schema(&self, schema: &str) -> Self {
        Self {
            config: self.config.clone(),
            schema: schema.to_owned(),
            tls: self.tls.clone(),
        }
    }

    /// The schema of the tables.
    pub fn schema(&self) -> &str {
        &self.schema
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Without user and password.
impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.config.get_dbname().unwrap_or_default();
        write!(f, "postgres://…/{database}?schema={}", self.schema)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_schema_and_never_prints_its_password() {
        let address: PostgresAddress = "postgres://clerk:secret@db.example/county?schema=c_12"
            .parse()
            .unwrap();
        assert_eq!(address.schema, "c_12");
        assert_eq!(format!("{address:?}"), "postgres://…/county?schema=c_12");
        let plain: PostgresAddress = "postgres:///county?host=/run/postgresql".parse().unwrap();
        assert_eq!(plain.schema, "xunge");
    }

    #[test]
    fn what_could_reach_the_database_as_something_else_is_refused() {
        let read = |text: &str| text.parse::<PostgresAddress>();
        assert!(matches!(
            read("postgres:///x?schema=a\"b"),
            Err(AddressProblem::Schema)
        ));
        assert!(matches!(
            read("postgres://h/x?sslmode=require"),
            Err(AddressProblem::NoRoots)
        ));
        assert!(matches!(
            read("postgres://h/x?sslmode=verify-full&sslrootcert=/nowhere.pem"),
            Err(AddressProblem::Roots(_))
        ));
        assert!(matches!(read("mysql://h/x"), Err(AddressProblem::Form(_))));
    }
}
