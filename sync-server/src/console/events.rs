//! Live arrival: a stream of server-sent events that says when one of the reader's townships has something new, and nothing else. The
//! page then asks for itself again, with the rights that hold then.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use hyper::body::Frame;
use tokio::sync::mpsc;

use super::desk::Desk;
use crate::Caller;
use crate::app::App;
use crate::problem::Problem;
use crate::service::Waiter;

/// How often the stream shows that it lives, and looks whether the session still does.
const BEAT: Duration = Duration::from_secs(20);

/// How often the feeds are looked at, for what another process wrote.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// How long news are gathered before they are told: a push brings many rows at once.
const GATHER: Duration = Duration::from_millis(150);

/// The stream.
pub(crate) async fn get_events(State(app): State<App>, desk: Desk) -> Result<Response, Problem> {
    let caller = desk.caller.clone();
    let waiter = app.blocking(move |service| service.waiter(&caller)).await?;
    let (tell, told) = mpsc::channel(4);
    tokio::spawn(follow(app, desk, waiter, tell));
    let mut response = Body::new(Told(told)).into_response();
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("text/event-stream"));
    headers.insert("cache-control", HeaderValue::from_static("no-store"));
    // Proxies that gather answers would hold news back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// Tells news until the reader has gone, his session has ended or the server stops.
async fn follow(app: App, desk: Desk, mut waiter: Waiter, tell: mpsc::Sender<Bytes>) {
    let said = |text: &'static str| tell.send(Bytes::from_static(text.as_bytes()));
    let mut heads = heads(&app, &desk.caller).await;
    let mut beat = tokio::time::interval(BEAT);
    let mut look = tokio::time::interval(LOOK_AGAIN);
    loop {
        let has_news = tokio::select! {
            () = tell.closed() => return,
            () = app.stopped() => return,
            () = waiter.changed() => {
                tokio::time::sleep(GATHER).await;
                true
            }
            _ = look.tick() => true,
            _ = beat.tick() => {
                if !holds(&app, desk.session.token_hash).await {
                    drop(said("event: ended\ndata: \n\n").await);
                    return;
                }
                if said(": beat\n\n").await.is_err() {
                    return;
                }
                false
            }
        };
        if !has_news {
            continue;
        }
        let now = self::heads(&app, &desk.caller).await;
        if now != heads {
            heads = now;
            if said("event: news\ndata: \n\n").await.is_err() {
                return;
            }
        }
    }
}

/// Where the reader's feeds end; nothing where that cannot be read now.
async fn heads(app: &App, caller: &Caller) -> Vec<u64> {
    let caller = caller.clone();
    let read = app.blocking(move |service| service.heads(&caller)).await;
    read.unwrap_or_default()
}

/// Whether the session still holds. Looking does not count as using it.
async fn holds(app: &App, token_hash: [u8; 32]) -> bool {
    let held = app
        .blocking(move |service| service.session_peek(&token_hash))
        .await;
    matches!(held, Ok(Some(_)))
}

/// A body that is told piece by piece.
pub(crate) struct Told(pub(crate) mpsc::Receiver<Bytes>);

impl hyper::body::Body for Told {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0
            .poll_recv(context)
            .map(|piece| piece.map(|bytes| Ok(Frame::data(bytes))))
    }
}
