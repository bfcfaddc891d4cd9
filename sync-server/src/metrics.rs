//! Figures for Prometheus: how many requests of which route with which status, how long they took, bytes of attachments.
//!
//! Labels are routes, statuses and kinds only: never names, codes of reports, or installs.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// The figures of this process. One recorder serves all servers in it (tests run several).
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Installs the recorder, once a process.
    pub fn install() -> Self {
        static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
        let handle = HANDLE.get_or_init(|| {
            let recorder = PrometheusBuilder::new()
                .set_buckets(&[0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0])
                .expect("the list of buckets is not empty")
                .build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another recorder of figures is installed; /metrics stays empty");
            }
            describe();
            handle
        });
        Self {
            handle: handle.clone(),
        }
    }

    /// Everything in Prometheus' text form.
    pub fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }
}

fn describe() {
    metrics::describe_counter!("xunge_requests_total", "Answered requests by route and status.");
    metrics::describe_histogram!("xunge_request_seconds", "Time from head to answer by route.");
    metrics::describe_counter!("xunge_sync_items_total", "Pushed items by what became of them.");
    metrics::describe_counter!("xunge_upload_bytes_total", "Bytes of attachments received.");
    metrics::describe_counter!("xunge_blobs_total", "Attachments checked and stored.");
    metrics::describe_gauge!("xunge_waiting_requests", "Requests that wait for news.");
}

/// Counts one answered request.
pub(crate) fn count_request(route: &str, status: u16, seconds: f64) {
    let route = route.to_owned();
    metrics::counter!("xunge_requests_total", "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("xunge_request_seconds", "route" => route).record(seconds);
}
