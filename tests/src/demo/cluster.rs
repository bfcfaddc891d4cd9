//! Three nodes on one PostgreSQL database and one bucket behind a balancer, killed in turn while the day goes on.
//!
//! A node lives in this process, because it must keep the compressed day's clock. Killing it cuts its connections to phones and desks, ends
//! its tasks where they stand, and has PostgreSQL end its sessions in the middle of whatever they were at.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Runtime;
use xunge_core::time::Clock;
use xunge_server::blobs::Bucket;
use xunge_server::config::{Config, Secrets};
use xunge_server::serve::{listen, serve};
use xunge_server::store::PostgresAddress;
use xunge_server::{App, Service, ServiceConfig};

use super::server::Problem;
use crate::balancer::Balancer;

/// Nodes behind the balancer.
const NODES: usize = 3;

/// How long nodes live between two deaths, and how long a dead one stays away.
const LIVES: Duration = Duration::from_secs(4);
const AWAY: Duration = Duration::from_millis(1_500);

/// What every node is made of.
#[derive(Clone)]
struct Plan {
    folder: PathBuf,
    database: String,
    schema: String,
    bucket: Option<Bucket>,
    secrets: Secrets,
    clock: Arc<dyn Clock>,
}

struct Node {
    address: std::net::SocketAddr,
    runtime: Runtime,
}

/// The nodes and whatever kills them.
pub(super) struct Cluster {
    balancer: Arc<Balancer>,
    nodes: Arc<Mutex<Vec<Option<Node>>>>,
    killer: Option<JoinHandle<Result<(), String>>>,
    is_quiet: Arc<AtomicBool>,
    killed: Arc<AtomicU32>,
}

/// Where the cluster's database and bucket are: what `tests/postgres.sh` and `tests/s3.sh` say.
pub(super) struct Shared {
    database: String,
    endpoint: Option<String>,
}

impl Shared {
    /// As the environment says; an error that says how to get it where it does not.
    pub(super) fn from_environment() -> Result<Self, Problem> {
        let database = std::env::var("XUNGE_TEST_DATABASE")
            .map_err(|_| "run it by `make demo-cluster`, which starts PostgreSQL and an S3 server")?;
        Ok(Self {
            database,
            endpoint: std::env::var("XUNGE_TEST_S3").ok(),
        })
    }
}

impl Plan {
    fn config(&self, name: &str) -> Result<Config, Problem> {
        let folder = self.folder.join(name);
        std::fs::create_dir_all(&folder)?;
        let mut config = Config::for_testing(&folder);
        config.limits.enrolments_per_minute_max = 10_000;
        let url = format!("{}&schema={}&application_name={name}", self.database, self.schema);
        config.database = Some(url.parse::<PostgresAddress>()?);
        config.bucket = self.bucket.clone();
        Ok(config)
    }

    fn app(&self, name: &str) -> Result<App, Problem> {
        let config = self.config(name)?;
        let service = Service::open(ServiceConfig {
            clock: Arc::clone(&self.clock),
            ..ServiceConfig::new(&config, self.secrets.clone())
        })?;
        Ok(App::new(config, service)?)
    }

    fn start(&self, number: usize) -> Result<Node, Problem> {
        let app = self.app(&name_of(number))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let listener = runtime.block_on(listen("127.0.0.1:0".parse()?))?;
        let address = listener.local_addr()?;
        runtime.spawn(serve(app, listener, std::future::pending()));
        Ok(Node { address, runtime })
    }

    /// Has the database end the sessions of a node.
    fn cut(&self, number: usize) -> Result<(), Problem> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let config: tokio_postgres::Config = self.database.parse()?;
        runtime.block_on(async {
            let (client, connection) = config.connect(tokio_postgres::NoTls).await?;
            tokio::spawn(connection);
            let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
            client.execute(sql, &[&name_of(number)]).await?;
            Ok(())
        })
    }
}

fn name_of(number: usize) -> String {
    format!("demo-node-{}", number + 1)
}

impl Cluster {
    /// Starts the nodes. Gives the cluster, its address, and a service of its own on the same database for the demo's own hands.
    pub(super) fn start(
        folder: &Path,
        clock: Arc<dyn Clock>,
        shared: &Shared,
    ) -> Result<(Self, std::net::SocketAddr, Service), Problem> {
        let bucket = shared.endpoint.as_ref().map(|endpoint| Bucket {
            name: "xunge".into(),
            folder: format!("demo-{}", std::process::id()),
            endpoint: Some(endpoint.clone()),
            is_presigned: false,
        });
        let plan = Plan {
            folder: folder.to_owned(),
            database: shared.database.clone(),
            schema: format!("demo_{}", std::process::id()),
            bucket,
            secrets: Secrets::random(&mut rand::rng()),
            clock,
        };
        let own = plan.app("demo-desk")?.service;
        let balancer = Arc::new(Balancer::start()?);
        let mut nodes = Vec::new();
        for number in 0..NODES {
            nodes.push(Some(plan.start(number)?));
        }
        let address = balancer.address;
        let mut cluster = Self {
            balancer,
            nodes: Arc::new(Mutex::new(nodes)),
            killer: None,
            is_quiet: Arc::default(),
            killed: Arc::default(),
        };
        publish(&cluster.balancer, &cluster.nodes);
        cluster.begin_to_kill(plan);
        Ok((cluster, address, own))
    }

    fn begin_to_kill(&mut self, plan: Plan) {
        let (balancer, nodes) = (Arc::clone(&self.balancer), Arc::clone(&self.nodes));
        let (is_quiet, killed) = (Arc::clone(&self.is_quiet), Arc::clone(&self.killed));
        let killer = move || {
            let mut number = 0;
            loop {
                std::thread::sleep(LIVES);
                if is_quiet.load(Ordering::Acquire) {
                    return Ok(());
                }
                let dead = nodes.lock().unwrap_or_else(PoisonError::into_inner)[number].take();
                if let Some(dead) = dead {
                    // What its threads are at loses its database first, so that nothing is left to end well.
                    plan.cut(number).map_err(|error| error.to_string())?;
                    dead.runtime.shutdown_background();
                    killed.fetch_add(1, Ordering::Relaxed);
                }
                publish(&balancer, &nodes);
                std::thread::sleep(AWAY);
                let again = plan.start(number).map_err(|error| error.to_string())?;
                nodes.lock().unwrap_or_else(PoisonError::into_inner)[number] = Some(again);
                publish(&balancer, &nodes);
                number = (number + 1) % NODES;
            }
        };
        self.killer = Some(std::thread::spawn(killer));
    }

    /// Kills no more, and says how often it did and how many connections passed.
    pub(super) fn quiet(&mut self) -> Result<(u32, usize), Problem> {
        self.is_quiet.store(true, Ordering::Release);
        if let Some(killer) = self.killer.take() {
            killer.join().map_err(|_| "the killer's thread ended early")??;
        }
        Ok((self.killed.load(Ordering::Relaxed), self.balancer.passed()))
    }

    /// Ends everything.
    pub(super) fn stop(self) {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        for node in nodes.iter_mut().filter_map(Option::take) {
            node.runtime.shutdown_background();
        }
    }
}

fn publish(balancer: &Balancer, nodes: &Mutex<Vec<Option<Node>>>) {
    let nodes = nodes.lock().unwrap_or_else(PoisonError::into_inner);
    balancer.set_nodes(nodes.iter().flatten().map(|node| node.address).collect());
}
