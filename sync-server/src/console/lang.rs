//! In which language a page speaks: Chinese unless a cookie says English.

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::words::{self, BoardWords, Words};
use crate::config::Language;

/// The cookie that keeps the language; it names nobody.
const COOKIE: &str = "xunge_lang";

/// A language of the console.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Lang {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language that the request's cookie names.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        match cookie(headers, COOKIE) {
            Some("en") => Self::En,
            _ => Self::Zh,
        }
    }

    /// The catalogue.
    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::Zh => &words::ZH,
            Self::En => &words::EN,
        }
    }

    /// The catalogue of the pages for supervisors and administrators.
    pub(crate) fn board(self) -> &'static BoardWords {
        match self {
            Self::Zh => &words::BOARD_ZH,
            Self::En => &words::BOARD_EN,
        }
    }

    /// The catalogue of the room's pages.
    pub(crate) fn room(self) -> &'static words::Room {
        match self {
            Self::Zh => &words::ROOM_ZH,
            Self::En => &words::ROOM_EN,
        }
    }

    /// The catalogue of administrators' forms and of accounts.
    pub(crate) fn keep(self) -> &'static words::Keep {
        match self {
            Self::Zh => &words::KEEP_ZH,
            Self::En => &words::KEEP_EN,
        }
    }

    /// The language as imports speak it.
    pub(crate) fn config(self) -> Language {
        self.pick((Language::Chinese, Language::English))
    }

    /// One of a pair of Chinese and English.
    pub(crate) fn pick<T>(self, (zh, en): (T, T)) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// The tag for the page's `lang`.
    pub(crate) fn tag(self) -> &'static str {
        self.pick(("zh-Hans", "en"))
    }
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all("cookie").iter();
    lines
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Where to go back to.
#[derive(Deserialize)]
pub(crate) struct Back {
    back: Option<String>,
}

/// Keeps the language and goes back to where the reader was.
pub(crate) async fn get_language(Path(language): Path<String>, Query(back): Query<Back>) -> Response {
    let name = if language == "en" { "en" } else { "zh" };
    let mut response = Redirect::to(&local(back.back.as_deref())).into_response();
    let cookie = format!("{COOKIE}={name}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert("set-cookie", value);
    }
    response
}

/// An address of the console; anything else becomes its first page, so that no link leads elsewhere.
pub(crate) fn local(path: Option<&str>) -> String {
    let is_ours = |path: &&str| {
        let plain = path
            .bytes()
            .all(|b| b.is_ascii_graphic() && b != b'\\' && b != b'"' && b != b'<' && b != b'>');
        let is_page = *path == "/console" || path.starts_with("/console/") || path.starts_with("/console?");
        plain && is_page && path.len() <= 2_000 && !path.starts_with("/console/log")
    };
    path.filter(is_ours).unwrap_or("/console").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_out_of_the_console() {
        for elsewhere in [
            "https://example.com/",
            "//example.com",
            "/\\example.com",
            "/console\\..",
            "/v1/queue",
            "javascript:alert(1)",
            "/console/logout",
            "/console/\r\nset-cookie: a=b",
        ] {
            assert_eq!(local(Some(elsewhere)), "/console", "{elsewhere}");
        }
        assert_eq!(
            local(Some("/console/queue?state=queued")),
            "/console/queue?state=queued"
        );
        assert_eq!(local(None), "/console");
    }
}
