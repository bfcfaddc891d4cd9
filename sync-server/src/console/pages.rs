//! The console's table of routes, which also says what stands in it: so that a test can hold every one of them against every post, and a
//! new one cannot be forgotten.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{get, post};

use crate::app::App;

/// Routes with their methods and addresses.
#[derive(Default)]
pub(crate) struct Pages {
    router: Router<App>,
    listed: Vec<(&'static str, &'static str)>,
}

impl Pages {
    /// A page.
    pub(crate) fn page<T: 'static>(self, path: &'static str, handler: impl Handler<T, App>) -> Self {
        self.put("GET", path, |router| router.route(path, get(handler)))
    }

    /// What a form does.
    pub(crate) fn act<T: 'static>(self, path: &'static str, handler: impl Handler<T, App>) -> Self {
        self.put("POST", path, |router| router.route(path, post(handler)))
    }

    /// All routes of another table.
    pub(crate) fn with(mut self, other: Self) -> Self {
        self.listed.extend(other.listed);
        self.router = self.router.merge(other.router);
        self
    }

    fn put(
        mut self,
        method: &'static str,
        path: &'static str,
        add: impl FnOnce(Router<App>) -> Router<App>,
    ) -> Self {
        self.listed.push((method, path));
        self.router = add(self.router);
        self
    }

    /// The router, and the list.
    pub(crate) fn split(self) -> (Router<App>, Vec<(&'static str, &'static str)>) {
        (self.router, self.listed)
    }
}
