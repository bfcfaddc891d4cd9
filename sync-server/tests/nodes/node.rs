//! A second node beside the town's own.

use std::net::SocketAddr;

use xunge_core::sync::transport::HttpTransport;
use xunge_server::config::Config;
use xunge_server::serve::Running;
use xunge_server::store::{DatabasePlace, PostgresAddress};
use xunge_server::{App, Service, ServiceConfig};

use crate::client::{Reply, send};
use crate::town::Town;

/// A node with a folder and memory of its own, on the town's database.
pub(crate) struct Node {
    pub(crate) app: App,
    pub(crate) at: SocketAddr,
    running: Option<Running>,
    pub(crate) runtime: tokio::runtime::Runtime,
    _folder: tempfile::TempDir,
}

impl Node {
    pub(crate) fn beside(town: &Town) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config {
            data_folder: folder.path().to_owned(),
            ..(*town.app.config).clone()
        };
        assert!(config.database.is_some(), "run these tests by tests/postgres.sh");
        let secrets = town.service().secrets().clone();
        let service = Service::open(ServiceConfig::new(&config, secrets)).unwrap();
        let app = App::new(config, service).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let running = runtime.block_on(Running::start(app.clone())).unwrap();
        Self {
            app,
            at: running.address,
            running: Some(running),
            runtime,
            _folder: folder,
        }
    }

    pub(crate) fn transport(&self) -> HttpTransport {
        HttpTransport::new(&format!("http://{}", self.at), &[]).unwrap()
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        send(self.at, method, path, headers, body)
    }

    pub(crate) fn service(&self) -> &Service {
        &self.app.service
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

/// The address of the cluster with the schema of another address.
pub(crate) fn url(address: &PostgresAddress) -> String {
    let base = std::env::var("XUNGE_TEST_DATABASE").expect("run these tests by tests/postgres.sh");
    let joint = if base.contains('?') { '&' } else { '?' };
    format!("{base}{joint}schema={}", address.schema())
}

/// An address of a database with nothing in it.
pub(crate) fn address() -> PostgresAddress {
    match crate::engine::place(std::path::Path::new("none")) {
        DatabasePlace::Postgres(address) => address,
        DatabasePlace::File(_) => panic!("run these tests by tests/postgres.sh"),
    }
}
