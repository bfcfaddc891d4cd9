//! Listens, gives each connection a bounded time for its head, does the housekeeping, and stops gracefully.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::Service as _;

use crate::app::App;

/// How often the housekeeping runs.
const TICK: Duration = Duration::from_secs(60);

/// Why the server does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeProblem {
    /// Another program has the port.
    #[error(
        "the port {} is in use by another program; stop that one, or set `listen` (XUNGE_LISTEN) to another port",
        .0.port()
    )]
    PortInUse(SocketAddr),
    /// The system does not allow the port.
    #[error("the system does not allow port {}; take one above 1023 or give the right to", .0.port())]
    PortForbidden(SocketAddr),
    /// The address is not this machine's.
    #[error("{0} is not an address of this machine; set `listen` to one that is, such as 0.0.0.0:8420")]
    NotOurAddress(SocketAddr),
    /// Something else.
    #[error("cannot listen at {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

/// Takes the address, with a clear error where that fails.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, ServeProblem> {
    TcpListener::bind(address)
        .await
        .map_err(|source| match source.kind() {
            std::io::ErrorKind::AddrInUse => ServeProblem::PortInUse(address),
            std::io::ErrorKind::PermissionDenied => ServeProblem::PortForbidden(address),
            std::io::ErrorKind::AddrNotAvailable => ServeProblem::NotOurAddress(address),
            _ => ServeProblem::Listen { address, source },
        })
}

/// Serves until `stop` is over; then takes no new connections, ends long polls, and gives open requests their time.
pub async fn serve(app: App, listener: TcpListener, stop: impl Future<Output = ()>) {
    let router = crate::router::build(app.clone());
    let graceful = GracefulShutdown::new();
    let permits = usize::try_from(app.config.limits.connections_max).unwrap_or(usize::MAX);
    let permits = Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS)));
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    tokio::pin!(stop);
    loop {
        let accept = async {
            // Beyond the bound connections wait in the system's own queue.
            let permit = Arc::clone(&permits).acquire_owned().await;
            (permit, listener.accept().await)
        };
        tokio::select! {
            () = &mut stop => break,
            _ = tick.tick() => keep_house(app.clone()),
            (permit, accepted) = accept => match (permit, accepted) {
                (Ok(permit), Ok((stream, from))) => {
                    connect(&app, router.clone(), &graceful, stream, from, permit);
                }
                (_, Err(error)) => {
                    // Mostly too many open files: a pause lets some close.
                    tracing::warn!(error = %error, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                (Err(_), _) => break,
            }
        }
    }
    drop(listener);
    app.stop();
    let patience = Duration::from_millis(app.config.limits.stop_ms_max);
    if tokio::time::timeout(patience, graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections were open to the last and were cut");
    }
}

fn connect(
    app: &App,
    router: Router,
    graceful: &GracefulShutdown,
    stream: TcpStream,
    from: SocketAddr,
    permit: OwnedSemaphorePermit,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = %error, "a connection keeps its delay");
    }
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(from));
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_millis(app.config.limits.header_read_ms_max))
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(error = %error, "a connection ended early");
        }
        drop(permit);
    });
}

fn keep_house(app: App) {
    tokio::spawn(async move {
        if let Err(problem) = app.tick().await {
            tracing::warn!(code = problem.code.as_str(), "the housekeeping failed");
        }
    });
}

/// Returns at SIGTERM or ctrl-c.
pub async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

/// A server that runs in this process, for tests and demonstrations. Dropping it without [`stop`](Self::stop) cuts it off.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    stop: tokio::sync::oneshot::Sender<()>,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    /// Starts a server at the configured address (port 0 takes a free one).
    pub async fn start(app: App) -> Result<Self, ServeProblem> {
        let listener = listen(app.config.listen).await?;
        let address = listener.local_addr().map_err(|source| ServeProblem::Listen {
            address: app.config.listen,
            source,
        })?;
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let task = tokio::spawn(serve(app, listener, async move {
            // A dropped sender stops as well.
            let _ = stopped.await;
        }));
        Ok(Self { address, stop, task })
    }

    /// The base address (`http://127.0.0.1:40123`).
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops gracefully and waits for the end.
    pub async fn stop(self) {
        if self.stop.send(()).is_ok() && self.task.await.is_err() {
            tracing::error!("the server's task ended early");
        }
    }
}
