//! The server's own router, called without a socket.

use std::sync::{Mutex, MutexGuard};

use axum::Router;
use axum::body::Body;
use tower::ServiceExt;
use xunge_core::sync::transport::{HttpRequest, HttpResponse};
use xunge_server::Service;
use xunge_server::app::App;
use xunge_server::config::Config;

use super::Nodes;

/// The server as a phone meets it: requests in, answers out. It can be stopped and started.
pub struct Front {
    config: Config,
    runtime: tokio::runtime::Runtime,
    running: Mutex<Option<(App, Router)>>,
    /// Which releases the server's nodes are of.
    pub nodes: Nodes,
}

impl Front {
    /// A server that runs.
    pub fn new(mut config: Config, service: Service) -> Self {
        // Tests enrol more phones in a minute than a township in a week.
        config.limits.enrolments_per_minute_max = 1_000_000;
        let front = Self {
            config,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime can be made"),
            running: Mutex::new(None),
            nodes: Nodes::default(),
        };
        front.start(service);
        front
    }

    fn running(&self) -> MutexGuard<'_, Option<(App, Router)>> {
        self.running.lock().expect("the front does not panic")
    }

    /// Starts serving a service.
    pub fn start(&self, service: Service) {
        let app = App::new(self.config.clone(), service).expect("the server's folders can be made");
        let router = xunge_server::router::build(app.clone());
        *self.running() = Some((app, router));
    }

    /// Stops: whatever runs ends, and the database is closed.
    pub fn stop(&self) {
        *self.running() = None;
    }

    /// The service behind the front. Panics while the server is stopped.
    pub fn service(&self) -> Service {
        self.running()
            .as_ref()
            .expect("the server runs")
            .0
            .service
            .clone()
    }

    /// Whether HTTP can carry a request at all.
    pub fn can_carry(request: &HttpRequest) -> bool {
        let mut builder = axum::http::Request::builder()
            .method(request.method.as_str())
            .uri(&request.path);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        builder.body(()).is_ok()
    }

    /// Answers a request; 503 while the server is stopped.
    pub fn answer(&self, request: &HttpRequest) -> HttpResponse {
        // One request at a time: the order of a test's calls is the order of its arrivals.
        let running = self.running();
        let Some((_, router)) = running.as_ref() else {
            return HttpResponse {
                status: 503,
                headers: Vec::new(),
                body: Vec::new(),
            };
        };
        let router = router.clone();
        let mut builder = axum::http::Request::builder()
            .method(request.method.as_str())
            .uri(&request.path);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let request = builder
            .body(Body::from(request.body.clone()))
            .expect("the device's requests are requests");
        self.runtime.block_on(async {
            let response = router.oneshot(request).await.expect("the router never fails");
            let status = response.status().as_u16();
            let headers = response
                .headers()
                .iter()
                .map(|(name, value)| {
                    (
                        name.to_string(),
                        String::from_utf8_lossy(value.as_bytes()).into_owned(),
                    )
                })
                .collect();
            let body = axum::body::to_bytes(response.into_body(), usize::MAX)
                .await
                .expect("it is in memory");
            HttpResponse {
                status,
                headers,
                body: body.to_vec(),
            }
        })
    }
}
