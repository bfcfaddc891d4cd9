//! Hints between the nodes of one database, by LISTEN and NOTIFY on a connection of their own.
//!
//! A hint says that it may be worth looking; nothing may depend on its arrival. It is told after the commit and not within it, because
//! PostgreSQL lets transactions that notify commit one after another, over all townships. What one node tells it does not hear itself.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_postgres::{AsyncMessage, Client, Notification};

use super::address::PostgresAddress;
use super::from_postgres;
use crate::store::{Hear, StoreError, StoreResult};

/// How long to wait before the next try at a server that is away.
const AGAIN: Duration = Duration::from_millis(500);

/// The longest hint that the server passes on, in bytes.
const BYTES_MAX: usize = 7_900;

/// The node's end of the channel. Dropping it ends the thread.
pub(super) struct Ears {
    hints: UnboundedSender<String>,
}

impl Ears {
    /// Begins to listen; returns when the server has said that it will tell.
    pub(super) fn open(address: &PostgresAddress, channel: String, hear: Arc<Hear>) -> StoreResult<Self> {
        let (hints, told) = unbounded_channel();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let address = address.clone();
        let failed = |error: std::io::Error| StoreError::Engine(error.to_string());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(failed)?;
        let thread = move || runtime.block_on(run(address, channel, hear, told, ready));
        std::thread::Builder::new()
            .name("xunge-hints".into())
            .spawn(thread)
            .map_err(failed)?;
        is_ready.recv().unwrap_or(Err(StoreError::Busy))?;
        Ok(Self { hints })
    }

    /// Tells the other nodes.
    pub(super) fn tell(&self, hint: String) {
        if hint.len() <= BYTES_MAX {
            // Without the thread nobody listens.
            drop(self.hints.send(hint));
        }
    }
}

async fn run(
    address: PostgresAddress,
    channel: String,
    hear: Arc<Hear>,
    mut told: UnboundedReceiver<String>,
    ready: std::sync::mpsc::Sender<StoreResult<()>>,
) {
    let mut ready = Some(ready);
    loop {
        match listen(&address, &channel).await {
            Ok((client, own, mut heard)) => {
                if let Some(ready) = ready.take() {
                    drop(ready.send(Ok(())));
                }
                if pass_on(&client, own, &channel, &*hear, &mut told, &mut heard).await {
                    return;
                }
                // Hints were missed: whoever waits looks.
                hear("");
            }
            Err(error) => {
                if let Some(ready) = ready.take() {
                    drop(ready.send(Err(from_postgres(error))));
                    return;
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

type Listening = (Client, i32, UnboundedReceiver<Notification>);

async fn listen(address: &PostgresAddress, channel: &str) -> Result<Listening, tokio_postgres::Error> {
    let (client, mut connection) = address.config.connect(address.tls.clone()).await?;
    let (heard, hear) = unbounded_channel();
    tokio::spawn(async move {
        loop {
            let message = std::future::poll_fn(|context| connection.poll_message(context)).await;
            match message {
                Some(Ok(AsyncMessage::Notification(notification))) => drop(heard.send(notification)),
                Some(Ok(_)) => {}
                // The receiver learns of the end by the sender's.
                Some(Err(_)) | None => return,
            }
        }
    });
    // What is told need not outlive a crash.
    client
        .batch_execute(&format!("SET synchronous_commit TO off; LISTEN {channel}"))
        .await?;
    let own = client
        .query_one("SELECT pg_backend_pid()", &[])
        .await?
        .try_get(0)?;
    Ok((client, own, hear))
}

/// Passes hints both ways until the connection ends; `true` where the node has let go of its end.
async fn pass_on(
    client: &Client,
    own: i32,
    channel: &str,
    hear: &Hear,
    told: &mut UnboundedReceiver<String>,
    heard: &mut UnboundedReceiver<Notification>,
) -> bool {
    loop {
        tokio::select! {
            notification = heard.recv() => match notification {
                Some(notification) if notification.process_id() == own => {}
                Some(notification) => hear(notification.payload()),
                None => return false,
            },
            hint = told.recv() => {
                let Some(first) = hint else { return true };
                let mut hints = vec![first];
                // What came meanwhile goes in the same statement; equal hints once.
                while let Ok(next) = told.try_recv() {
                    if !hints.contains(&next) {
                        hints.push(next);
                    }
                }
                let sql = "SELECT pg_notify($1, hint) FROM unnest($2::text[]) AS hint";
                if client.execute(sql, &[&channel, &hints]).await.is_err() {
                    return false;
                }
            }
        }
    }
}
