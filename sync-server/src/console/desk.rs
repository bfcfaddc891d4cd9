//! Who sits at the console: the session of a request, what the directory knows of its person, and what every page shows around itself.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use xunge_core::command::ActionKind;
use xunge_core::directory::{Directory, Role, UnitKind};
use xunge_core::id::UnitId;
use xunge_core::time::Timestamp;

use super::lang::Lang;
use super::moment::Moments;
use super::names::Names;
use super::words::{self, BoardWords, Keep, Words};
use super::{assets, dress};
use crate::Caller;
use crate::app::App;
use crate::auth;
use crate::problem::Problem;
use crate::service::{Phrases, Session};

/// Somebody who is signed in.
pub(crate) struct Desk {
    /// The session.
    pub(crate) session: Session,
    /// Who asks, as the service takes it.
    pub(crate) caller: Caller,
    /// The language of the page.
    pub(crate) lang: Lang,
    /// The directory as it stands.
    pub(crate) directory: Arc<Directory>,
    /// The townships that concern the person.
    pub(crate) feeds: BTreeSet<UnitId>,
    /// The server's time.
    pub(crate) now: Timestamp,
    /// The address of this page.
    pub(crate) here: String,
    /// The sentences of the person's townships, by act.
    phrases: Vec<Phrases>,
}

/// A page of the main navigation.
pub(crate) struct NavItem {
    pub(crate) href: &'static str,
    pub(crate) name: &'static str,
    pub(crate) is_here: bool,
}

/// What every page shows around itself.
pub(crate) struct Frame {
    pub(crate) w: &'static Words,
    /// The strings of the pages for supervisors and administrators.
    pub(crate) b: &'static BoardWords,
    /// The strings of forms and accounts.
    pub(crate) k: &'static Keep,
    pub(crate) tag: &'static str,
    pub(crate) css: String,
    pub(crate) js: String,
    pub(crate) csrf: String,
    /// The person's name.
    pub(crate) who: String,
    /// The posts, as people say them.
    pub(crate) duty: String,
    /// The way to the pages that are this person's.
    pub(crate) nav: Vec<NavItem>,
    /// What to put behind a language's address to come back here.
    pub(crate) back: String,
    pub(crate) other_language: &'static str,
    pub(crate) other_language_name: &'static str,
    /// What was searched for.
    pub(crate) sought: String,
}

impl Desk {
    /// Signs a request in by its cookie.
    pub(crate) async fn of(app: &App, headers: &HeaderMap, here: &str) -> Result<Self, Problem> {
        let session = auth::cookie_session(app, headers).await?;
        // The account's own page and the way out stay open to whoever has to turn a second step on.
        let is_open = here.starts_with(super::account::HERE) || here == "/console/logout";
        if !is_open {
            auth::check_factor(app, &session).await?;
        }
        let caller = Caller::Account {
            name: session.account.clone(),
            person: session.person.clone(),
        };
        let asking = caller.clone();
        let (directory, feeds, phrases) = app
            .blocking(move |service| -> Result<_, crate::ServiceError> {
                let feeds = service.feeds_of(&asking)?;
                let phrases = feeds.iter().map(|feed| service.phrases(feed));
                let phrases = phrases.collect::<Result<Vec<_>, _>>()?;
                Ok((service.directory()?, feeds, phrases))
            })
            .await?;
        let now = app.service.now();
        let is_township = |unit: &&UnitId| {
            let known = directory.last_known_unit(unit, now);
            known.is_some_and(|unit| unit.kind == UnitKind::Township)
        };
        let townships: BTreeSet<UnitId> = feeds.iter().filter(is_township).cloned().collect();
        Ok(Self {
            session,
            caller,
            lang: Lang::of(headers),
            directory,
            // Reports live in townships; a county's own feed carries its directory alone.
            feeds: if townships.is_empty() { feeds } else { townships },
            now,
            here: here.to_owned(),
            phrases,
        })
    }

    /// The names of things, in the reader's language.
    pub(crate) fn names(&self) -> Names {
        Names {
            directory: Arc::clone(&self.directory),
            lang: self.lang,
            now: self.now,
        }
    }

    /// Time as a township has it; the first of the person's own where none is named.
    pub(crate) fn moments(&self, feed: Option<&UnitId>) -> Moments {
        let feed = feed.or_else(|| self.feeds.first());
        let zone = feed.map_or(chrono_tz::Asia::Shanghai, |feed| {
            self.directory.policy(feed, self.now).zone
        });
        Moments {
            lang: self.lang,
            zone,
            now: self.now,
        }
    }

    /// The sentences that may go with an act: those built in, and the township's own.
    pub(crate) fn sentences(&self, kind: ActionKind) -> Vec<(String, String)> {
        let mut all = words::sentences(self.lang, kind);
        let own = self
            .phrases
            .iter()
            .filter_map(|phrases| phrases.get(kind.as_str()));
        all.extend(own.flatten().map(|text| (text.clone(), text.clone())));
        all
    }

    /// Whether the person holds one of these roles now.
    pub(crate) fn holds(&self, is_wanted: impl Fn(Role) -> bool) -> bool {
        let posts = self.directory.posts_of(&self.session.person, self.now);
        posts.iter().any(|post| is_wanted(post.role))
    }

    /// Whether the person answers for grids: chiefs, the room, supervisors, administrators.
    pub(crate) fn sees_coverage(&self) -> bool {
        self.holds(|role| {
            role.is_room()
                || matches!(
                    role,
                    Role::Chief | Role::Advisor | Role::Supervisor | Role::Administrator
                )
        })
    }

    /// Whether the person looks after phones: the room, supervisors, administrators.
    pub(crate) fn keeps_fleet(&self) -> bool {
        self.holds(|role| role.is_room() || matches!(role, Role::Supervisor | Role::Administrator))
    }

    /// Whether the person keeps the directory.
    pub(crate) fn is_administrator(&self) -> bool {
        self.holds(|role| role == Role::Administrator)
    }

    /// The pages of the main navigation.
    fn nav(&self) -> Vec<NavItem> {
        let (w, b) = (self.lang.words(), self.lang.board());
        let mut pages = vec![("/console", w.nav_home), ("/console/queue", w.nav_queue)];
        if self.sees_coverage() {
            pages.push(("/console/coverage", b.nav_coverage));
            pages.push(("/console/figures", b.nav_figures));
        }
        if self.holds(super::room::has_desk) {
            pages.push(("/console/desk", self.lang.room().nav));
        }
        if self.keeps_fleet() {
            pages.push(("/console/phones", b.nav_phones));
        }
        if self.is_administrator() {
            pages.push(("/console/keep", b.nav_keep));
        }
        let is_here = |href: &str| match href {
            "/console" => self.here == href || self.here.starts_with("/console?"),
            "/console/desk" => super::room::is_desk(&self.here),
            href => self.here.starts_with(href),
        };
        let item = |(href, name): (&'static str, &'static str)| NavItem {
            is_here: is_here(href),
            href,
            name,
        };
        pages.into_iter().map(item).collect()
    }

    /// What stands around a page.
    pub(crate) fn frame(&self) -> Frame {
        let names = self.names();
        let posts = self.directory.posts_of(&self.session.person, self.now);
        let duties: Vec<String> = posts
            .iter()
            .map(|post| {
                format!(
                    "{} · {}",
                    names.unit(&post.unit),
                    words::role(self.lang, post.role)
                )
            })
            .collect();
        Frame {
            w: self.lang.words(),
            b: self.lang.board(),
            k: self.lang.keep(),
            tag: self.lang.tag(),
            css: assets::css(),
            js: assets::js(),
            csrf: self.session.csrf.clone(),
            who: names.person(&self.session.person),
            duty: duties.join(self.lang.words().comma),
            nav: self.nav(),
            back: dress::percent(&self.here),
            other_language: self.lang.pick(("en", "zh")),
            other_language_name: self.lang.pick(("English", "中文")),
            sought: String::new(),
        }
    }
}

impl FromRequestParts<App> for Desk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let here = parts.uri.path_and_query().map_or("/console", |p| p.as_str());
        Self::of(app, &parts.headers, here).await
    }
}
