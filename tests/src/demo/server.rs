//! The demo's server: the real one, on a loopback port, in a folder that is new each time.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::oneshot;
use xunge_core::time::Clock;
use xunge_server::auth::hash_password;
use xunge_server::config::{Config, Secrets};
use xunge_server::serve::{listen, serve};
use xunge_server::service::{Account, DirectoryChange};
use xunge_server::{App, Caller, Service, ServiceConfig};

use super::cluster::{Cluster, Shared};
use crate::township::Township;

/// The password of every account of the demo.
pub const PASSWORD: &str = "xunge-demo-2026";

/// Why the demo's server does not run.
pub type Problem = Box<dyn std::error::Error + Send + Sync>;

/// A server that runs until it is stopped.
pub struct DemoServer {
    /// The service, for the clock's ticks and the check at the end.
    pub service: Service,
    /// Where it listens.
    pub address: SocketAddr,
    cluster: Option<Cluster>,
    runtime: tokio::runtime::Runtime,
    stop: Option<oneshot::Sender<()>>,
    ended: Option<tokio::task::JoinHandle<()>>,
}

impl DemoServer {
    /// Starts on a free port, or on `address` again after the day.
    pub fn start(folder: &Path, address: &str, clock: Arc<dyn Clock>) -> Result<Self, Problem> {
        let mut config = Config::for_testing(folder);
        config.limits.enrolments_per_minute_max = 10_000;
        fs::create_dir_all(folder)?;
        let keys = config.keys_path();
        let secrets = if Secrets::exist(&keys) {
            Secrets::load(&keys)?
        } else {
            let secrets = Secrets::random(&mut rand::rng());
            secrets.write(&keys)?;
            secrets
        };
        let service = Service::open(ServiceConfig {
            clock,
            ..ServiceConfig::new(&config, secrets)
        })?;
        let app = App::new(config, service.clone())?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let listener = runtime.block_on(listen(address.parse()?))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let ended = runtime.spawn(serve(app, listener, async {
            // A dropped sender stops the server as well.
            drop(stopped.await);
        }));
        Ok(Self {
            service,
            address,
            cluster: None,
            runtime,
            stop: Some(stop),
            ended: Some(ended),
        })
    }

    /// Starts several nodes on one database and one bucket behind a balancer, which are killed in turn until [`Self::quiet`].
    pub fn start_cluster(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, Problem> {
        let (cluster, address, service) = Cluster::start(folder, clock, &Shared::from_environment()?)?;
        Ok(Self {
            service,
            address,
            cluster: Some(cluster),
            runtime: tokio::runtime::Runtime::new()?,
            stop: None,
            ended: None,
        })
    }

    /// Lets the nodes of a cluster live from now on.
    pub fn quiet(&mut self) -> Result<(), Problem> {
        if let Some(cluster) = &mut self.cluster {
            let (killed, passed) = cluster.quiet()?;
            println!("\n三个节点轮流被杀 {killed} 次；经均衡器 {passed} 个连接");
        }
        Ok(())
    }

    /// Writes the township and its accounts.
    pub fn seed(&self, township: &Township) -> Result<(), Problem> {
        let changes: Vec<DirectoryChange> = township
            .dated()
            .into_iter()
            .map(|(record, valid_from, valid_to)| DirectoryChange {
                record,
                valid_from,
                valid_to,
            })
            .collect();
        self.service.directory_apply(&operator(), &changes)?;
        let password_hash = hash_password(PASSWORD, 10)?;
        for account in &township.accounts {
            self.service.account_put(
                &operator(),
                &Account {
                    name: account.login.clone(),
                    person: account.person.clone(),
                    password_hash: password_hash.clone(),
                    is_enabled: true,
                    created_at: self.service.now(),
                },
            )?;
        }
        Ok(())
    }

    /// The address as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops gracefully and closes the database.
    pub fn stop(mut self) {
        drop(self.stop.take());
        if let Some(ended) = self.ended.take() {
            drop(self.runtime.block_on(ended));
        }
        if let Some(cluster) = self.cluster.take() {
            cluster.stop();
        }
    }

    /// Serves until somebody presses ctrl-c.
    pub fn stay_up(&self) {
        self.runtime.block_on(xunge_server::serve::stop_signal());
    }
}

/// The command line on the server's machine.
pub fn operator() -> Caller {
    Caller::Operator { person: None }
}

/// A folder that is empty: what an earlier run left is removed.
pub fn fresh_folder(folder: &Path) -> Result<PathBuf, Problem> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    Ok(folder.to_owned())
}
