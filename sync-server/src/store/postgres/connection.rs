//! One connection that blocks: a client, the runtime that drives it, and the statements that it has prepared.
//!
//! Each connection has a single-threaded runtime of its own that runs only while somebody waits for it. So a round trip costs no hand-over
//! to another thread, and no future of ours is ever dropped half-way: a client that hangs up cancels no write. Statements are queued and
//! sent together (pipelined) with the next one whose answer is needed.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

use super::address::PostgresAddress;
use super::from_postgres;
use crate::store::{StoreError, StoreResult};

/// A bound value.
pub(super) type Param = Box<dyn ToSql + Sync + Send>;

/// Bound values, in order.
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$(Box::new($value) as $crate::store::postgres::connection::Param),*] };
}
pub(super) use params;

/// Statements that wait for the next round trip.
const QUEUED_MAX: usize = 512;

/// For how long a connection is believed to be up without asking.
const BELIEVED: Duration = Duration::from_millis(500);

/// Prepared statements kept; beyond it all are forgotten.
const STATEMENTS_MAX: usize = 400;

enum Queued {
    /// Plain statements without values.
    Batch(String),
    /// A prepared statement whose count of rows is checked where a number is given.
    Run(Statement, Vec<Param>, Option<u64>),
}

/// A connection.
pub(super) struct Connection {
    /// `None` only while it is being dropped.
    runtime: Option<Runtime>,
    client: Client,
    statements: BTreeMap<String, Statement>,
    queue: Vec<Queued>,
    used_at: Instant,
}

impl Connection {
    /// Connects and sets the session up.
    pub(super) fn open(address: &PostgresAddress, settings: &str) -> StoreResult<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StoreError::Engine(error.to_string()))?;
        let client = runtime.block_on(async {
            let (client, connection) = address.config.connect(address.tls.clone()).await?;
            tokio::spawn(async move {
                // What ends a connection shows in the next statement.
                drop(connection.await);
            });
            client.batch_execute(settings).await?;
            Ok(client)
        });
        let client = client.map_err(from_postgres)?;
        Ok(Self {
            runtime: Some(runtime),
            client,
            statements: BTreeMap::new(),
            queue: Vec::new(),
            used_at: Instant::now(),
        })
    }

    fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        let runtime = self.runtime.as_ref().expect("it is there until the drop");
        runtime.block_on(work)
    }

    /// Whether the server still answers; a connection that was at work a moment ago is believed without asking.
    pub(super) fn is_up(&mut self) -> bool {
        let is_fresh = self.used_at.elapsed() < BELIEVED;
        let is_open = !self.client.is_closed();
        is_open && (is_fresh || self.block_on(self.client.batch_execute("")).is_ok())
    }

    /// Queues plain statements.
    pub(super) fn batch(&mut self, sql: impl Into<String>) {
        self.queue.push(Queued::Batch(sql.into()));
    }

    /// Queues a statement that changes rows; where `count` is given, exactly that many, else the transaction fails.
    pub(super) fn send(&mut self, sql: &str, params: Vec<Param>, count: Option<u64>) -> StoreResult<()> {
        let statement = self.prepared(sql)?;
        self.queue.push(Queued::Run(statement, params, count));
        if self.queue.len() >= QUEUED_MAX {
            self.flush()?;
        }
        Ok(())
    }

    /// Sends what is queued and waits for all of it.
    pub(super) fn flush(&mut self) -> StoreResult<()> {
        self.round_trip(None).map(|_| ())
    }

    /// Sends what is queued and a query, and waits for its rows.
    pub(super) fn query(&mut self, sql: &str, params: Vec<Param>) -> StoreResult<Vec<Row>> {
        let statement = self.prepared(sql)?;
        self.round_trip(Some((statement, params)))
    }

    /// Forgets what is queued.
    pub(super) fn forget(&mut self) {
        self.queue.clear();
    }

    /// Forgets what is queued, ends the transaction without waiting for the answer, which the next user of the connection passes over.
    pub(super) fn end_unheard(&mut self, sql: &'static str) {
        self.queue.clear();
        let ending = self.client.batch_execute(sql);
        self.block_on(async {
            let mut ending = Box::pin(ending);
            // The first poll hands the statement to the connection's task, the yields let that write it to the socket.
            let sent = std::future::poll_fn(|context| Poll::Ready(ending.as_mut().poll(context).is_ready()));
            if !sent.await {
                tokio::task::yield_now().await;
                tokio::task::yield_now().await;
            }
        });
    }

    fn prepared(&mut self, sql: &str) -> StoreResult<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        if self.statements.len() >= STATEMENTS_MAX {
            self.statements.clear();
        }
        // The statement may name what is still queued, and a failed transaction prepares nothing.
        self.flush()?;
        let prepared = self.block_on(self.client.prepare(sql)).map_err(from_postgres)?;
        self.statements.insert(sql.to_owned(), prepared.clone());
        Ok(prepared)
    }

    fn round_trip(&mut self, last: Option<(Statement, Vec<Param>)>) -> StoreResult<Vec<Row>> {
        let queue = std::mem::take(&mut self.queue);
        if queue.is_empty() && last.is_none() {
            return Ok(Vec::new());
        }
        let client = &self.client;
        let mut futures: Vec<Pending<'_>> = queue.into_iter().map(|one| pending(client, one)).collect();
        if let Some((statement, params)) = last {
            futures.push(Box::pin(async move {
                let params: Vec<_> = params.iter().map(|p| &**p as &(dyn ToSql + Sync)).collect();
                client.query(&statement, &params).await.map_err(from_postgres)
            }));
        }
        let answers = self.block_on(in_order(futures));
        self.used_at = Instant::now();
        let mut rows = Vec::new();
        for answer in answers {
            rows = answer?;
        }
        Ok(rows)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // A runtime that is dropped where another one runs must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

type Pending<'c> = Pin<Box<dyn Future<Output = StoreResult<Vec<Row>>> + 'c>>;

fn pending(client: &Client, one: Queued) -> Pending<'_> {
    Box::pin(async move {
        match one {
            Queued::Batch(sql) => client.batch_execute(&sql).await.map_err(from_postgres)?,
            Queued::Run(statement, params, expected) => {
                let params: Vec<_> = params.iter().map(|p| &**p as &(dyn ToSql + Sync)).collect();
                let count = client.execute(&statement, &params).await.map_err(from_postgres)?;
                if expected.is_some_and(|expected| expected != count) {
                    return Err(StoreError::Engine(format!("a statement changed {count} rows")));
                }
            }
        }
        Ok(Vec::new())
    })
}

/// Polls all in their order, so that they are sent in their order, and gives their answers in it.
async fn in_order(mut futures: Vec<Pending<'_>>) -> Vec<StoreResult<Vec<Row>>> {
    let mut answers: Vec<Option<StoreResult<Vec<Row>>>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut is_done = true;
        for (future, answer) in futures.iter_mut().zip(&mut answers) {
            if answer.is_none() {
                match future.as_mut().poll(context) {
                    Poll::Ready(ready) => *answer = Some(ready),
                    Poll::Pending => is_done = false,
                }
            }
        }
        if is_done { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    answers.into_iter().flatten().collect()
}
