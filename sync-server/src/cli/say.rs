//! Speaking: every text in both languages at the place where it is said.

use std::io::Write;

use xunge_core::time::Timestamp;

use super::CliProblem;
use crate::config::Language;

/// Speaks one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Say(pub(crate) Language);

impl Say {
    /// The text of the language.
    pub(crate) fn pick<'t>(self, chinese: &'t str, english: &'t str) -> &'t str {
        match self.0 {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }

    /// One of a pair of words, as the core's catalogues have them.
    pub(crate) fn word(self, (chinese, english): (&'static str, &'static str)) -> &'static str {
        self.pick(chinese, english)
    }

    /// A line on the output. A closed pipe is nobody's problem.
    pub(crate) fn line(self, chinese: &str, english: &str) {
        self.raw(self.pick(chinese, english));
    }

    /// A line that needs no language.
    pub(crate) fn raw(self, text: &str) {
        let mut out = std::io::stdout().lock();
        if writeln!(out, "{text}").is_err() {
            tracing::debug!("the output is closed");
        }
    }

    /// What went wrong, on the error output.
    pub(crate) fn error(self, problem: &CliProblem) {
        let text = problem.say(self.0);
        let start = self.pick("出错了：", "error: ");
        if writeln!(std::io::stderr().lock(), "{start}{text}").is_err() {
            tracing::debug!("the error output is closed");
        }
    }

    /// An instant as people there write it.
    pub(crate) fn time(self, at: Timestamp, zone: chrono_tz::Tz) -> String {
        at.to_utc()
            .with_timezone(&zone)
            .format("%Y-%m-%d %H:%M")
            .to_string()
    }

    /// A span in days, hours and minutes, the two greatest.
    pub(crate) fn span(self, ms: i64) -> String {
        let minutes = (ms / 60_000).max(0);
        let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
        match self.0 {
            Language::Chinese if days > 0 => format!("{days} 天 {hours} 小时"),
            Language::Chinese if hours > 0 => format!("{hours} 小时 {rest} 分"),
            Language::Chinese => format!("{rest} 分钟"),
            Language::English if days > 0 => format!("{days} d {hours} h"),
            Language::English if hours > 0 => format!("{hours} h {rest} min"),
            Language::English => format!("{rest} min"),
        }
    }
}
