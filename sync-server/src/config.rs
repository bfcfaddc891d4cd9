//! The server's configuration: typed, from a TOML file and the environment, every problem reported at once.
//!
//! Settings have defaults, so that `xunge-server init` and `serve` just work; secrets have none and are never settings: `init` makes them
//! into files of the data folder (see [`Secrets`]). The environment (`XUNGE_LISTEN`, `XUNGE_LIMITS_WAIT_MS_MAX` …) wins over the file.

mod folder;
mod limits;
mod problem;
mod read;
mod secrets;
mod tiles;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

pub use folder::{FolderProblem, open_folder, write_durably};
pub(crate) use folder::{create_private, remove_file, sync_folder};
pub use limits::{LimitSpec, Limits};
pub use problem::{ConfigProblem, ConfigProblems, Origin};
pub(crate) use secrets::make_private_folder;
pub use secrets::{RecoveryKeys, Secrets, SecretsProblem};
pub use tiles::{TileDatum, Tiles};

use xunge_core::enrolment::{EnrolmentCode, RootPin};

use crate::blobs::{BlobsPlace, Bucket};
use crate::store::{DatabasePlace, PostgresAddress};

/// In which language the command line speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// 中文.
    #[default]
    Chinese,
    /// English.
    English,
}

/// The port that is used where nothing else is said.
pub const PORT_DEFAULT: u16 = 8420;

/// The name of the configuration file inside a data folder.
pub const FILE_NAME: &str = "xunge-server.toml";

/// The server's settings. Holds no secrets and may be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where the server listens. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// The address that phones use, as it goes into enrolment codes; `None` makes it from the listening address.
    pub public_url: Option<String>,
    /// Where everything lies: database, keys, pictures, uploads.
    pub data_folder: PathBuf,
    /// The township's own root certificates as PEM, where its certificate is made with a root of its own: enrolment codes name them, and
    /// phones then trust nothing else for this server.
    pub root_pem: Option<String>,
    /// The language of the command line.
    pub language: Language,
    /// Whether session cookies travel over TLS alone. True where a proxy in front speaks TLS.
    pub is_behind_tls: bool,
    /// Tiles under the console's maps; `None` draws them on a plain ground.
    pub tiles: Option<Tiles>,
    /// The PostgreSQL database that the nodes share; `None` for a file of the data folder.
    pub database: Option<PostgresAddress>,
    /// The bucket of finished attachments; `None` for a folder of the data folder.
    pub bucket: Option<Bucket>,
    /// Bounds.
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), PORT_DEFAULT),
            public_url: None,
            data_folder: PathBuf::from("xunge-data"),
            root_pem: None,
            language: Language::Chinese,
            is_behind_tls: false,
            tiles: None,
            database: None,
            bucket: None,
            limits: Limits::default(),
        }
    }
}

impl Config {
    /// Reads the file (the named one, which must exist, else `xunge-server.toml` of the data folder where there is one) and then the
    /// environment's `XUNGE_*`.
    pub fn load(file: Option<&Path>, environment: &BTreeMap<String, String>) -> Result<Self, ConfigProblems> {
        read::load(file, environment)
    }

    /// Settings for tests: loopback, any free port, the given data folder, short times.
    pub fn for_testing(data_folder: &Path) -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            data_folder: data_folder.to_owned(),
            limits: Limits {
                stop_ms_max: 1_000,
                upload_step_bytes: 1_024,
                // Tests cut a transfer at every byte; what holds a flood up has its own.
                requests_per_minute_max: 1_000_000,
                ..Limits::default()
            },
            ..Self::default()
        }
    }

    /// The address that phones use: the configured one, else the listening one with a name that works on the same machine.
    pub fn address_for_phones(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| {
            let ip = self.listen.ip();
            if ip.is_unspecified() {
                format!("http://127.0.0.1:{}", self.listen.port())
            } else {
                format!("http://{}", self.listen)
            }
        })
    }

    /// The code that enrols a phone with a ticket's secret.
    pub fn enrolment_code(&self, secret: String) -> EnrolmentCode {
        EnrolmentCode {
            base_url: self.address_for_phones(),
            root: self.root_pem.as_ref().map(|pem| RootPin::of(pem.as_bytes())),
            secret,
        }
    }

    /// Where the database is.
    pub fn database_place(&self) -> DatabasePlace {
        match &self.database {
            Some(address) => DatabasePlace::Postgres(address.clone()),
            None => DatabasePlace::File(self.database_path()),
        }
    }

    /// Where finished attachments lie.
    pub fn blobs_place(&self) -> BlobsPlace {
        match &self.bucket {
            Some(bucket) => BlobsPlace::Bucket(bucket.clone()),
            None => BlobsPlace::Folder(self.blobs_path()),
        }
    }

    /// The SQLite file, where that is the database.
    pub fn database_path(&self) -> PathBuf {
        self.data_folder.join("xunge.sqlite")
    }

    /// Where finished attachments lie, each under its hash.
    pub fn blobs_path(&self) -> PathBuf {
        self.data_folder.join("blobs")
    }

    /// Where unfinished uploads lie.
    pub fn uploads_path(&self) -> PathBuf {
        self.data_folder.join("uploads")
    }

    /// Where the keys lie.
    pub fn keys_path(&self) -> PathBuf {
        self.data_folder.join("keys")
    }

    /// The commented file that `init` writes: every setting with its default.
    pub fn template() -> String {
        let mut text = String::from(
            "# Xunge server. Every line shows the default; remove the `#` to change it.\n\
             # The same settings may come from the environment: XUNGE_LISTEN, XUNGE_LIMITS_WAIT_MS_MAX ...\n\n\
             # listen = \"0.0.0.0:8420\"\n\
             # The address that phones use (goes into enrolment QR codes):\n\
             # public_url = \"http://192.168.1.10:8420\"\n\
             # The root of the township's own certificate, where it has one: phones then trust no other for this server:\n\
             # root_certificate = \"/etc/xunge/root.pem\"\n\
             # language = \"zh\"           # or \"en\"\n\
             # is_behind_tls = false     # true where a proxy in front speaks TLS\n\
             # Several nodes on one database and one bucket (docs/operations.md); without these, everything lies in the data folder:\n\
             # database_url = \"postgres://xunge@db.example/county?schema=xunge\"\n\
             # blobs_url = \"s3://bucket/folder\"      # keys: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION\n\
             # blobs_endpoint = \"http://s3.example:9000\"  # where it is not Amazon's\n\
             # is_blobs_presigned = false  # true sends phones to the bucket for pictures\n\
             # Tiles under the console's maps; without them maps are drawn on a plain ground:\n\
             # tile_url = \"https://tiles.example/{z}/{x}/{y}.png\"\n\
             # tile_attribution = \"\"     # what must be said of their origin\n\
             # tile_datum = \"wgs84\"      # or \"gcj02\": what is drawn on them is shifted\n\n\
             [limits]\n",
        );
        for limit in Limits::ALL {
            text.push_str(&format!(
                "# {}\n# {} = {}\n",
                limit.about, limit.name, limit.default
            ));
        }
        text
    }
}
