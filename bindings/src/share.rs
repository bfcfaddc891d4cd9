//! One tap: the day's work as a log, what became of a matter as a card, the log for a support person.

use xunge_core::app as core;
use xunge_core::app::{CardPicture, DayLogLine};
use xunge_core::attachment::BlobHash;
use xunge_core::id::ReportId;
use xunge_core::time::Timestamp;

use crate::device::Device;
use crate::error::CoreError;
use crate::phone::Phone;

/// What somebody did.
#[uniffi::remote(Record)]
pub struct DayLogLine {
    /// When, as the phone claims.
    pub at: Timestamp,
    /// The report, where it is about one.
    pub report: Option<ReportId>,
    /// The line in Chinese: `09:12 上报：违章广告 · 王家桥头`.
    pub zh: String,
    /// … and in English.
    pub en: String,
}

/// A day's work.
#[derive(Clone, Debug, uniffi::Record)]
pub struct DayLog {
    /// The day in the township's zone, `2026-11-22`.
    pub day: String,
    /// What was done, in order.
    pub lines: Vec<DayLogLine>,
    /// The whole in Chinese, to be shared.
    pub text_zh: String,
    /// The whole in English.
    pub text_en: String,
}

/// A picture of a card.
#[uniffi::remote(Record)]
pub struct CardPicture {
    /// Names the bytes (`attachment_bytes`), which are to be looked through for faces and number plates (`blur_picture`).
    pub blob: BlobHash,
    /// The thumbnail.
    pub thumbnail: Option<BlobHash>,
    /// Whether the full picture is on this phone.
    pub is_present: bool,
}

/// One step of the way.
#[derive(Clone, Debug, uniffi::Record)]
pub struct CardStep {
    /// On which day, `2026-11-22`.
    pub on: String,
    /// What was done, in Chinese.
    pub zh: String,
    /// … and in English.
    pub en: String,
}

/// What became of a matter, without anybody's name, number or words.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ReceiptCard {
    /// The category's name.
    pub title: String,
    /// Where: a place name that everybody uses, else the grid.
    pub place: String,
    /// The day on which it was reported.
    pub reported_on: String,
    /// The day on which it was closed; `None` while it goes on.
    pub closed_on: Option<String>,
    /// The steps that a resident understands, in order.
    pub steps: Vec<CardStep>,
    /// Pictures of how it was.
    pub before: Vec<CardPicture>,
    /// Pictures of how it is.
    pub after: Vec<CardPicture>,
}

impl From<core::DayLog> for DayLog {
    fn from(core: core::DayLog) -> Self {
        let core::DayLog {
            day,
            lines,
            text_zh,
            text_en,
        } = core;
        Self {
            day: day.to_string(),
            lines,
            text_zh,
            text_en,
        }
    }
}

impl From<core::ReceiptCard> for ReceiptCard {
    fn from(core: core::ReceiptCard) -> Self {
        let core::ReceiptCard {
            title,
            place,
            reported_on,
            closed_on,
            steps,
            before,
            after,
        } = core;
        let step = |step: core::CardStep| CardStep {
            on: step.on.to_string(),
            zh: step.zh,
            en: step.en,
        };
        Self {
            title,
            place,
            reported_on: reported_on.to_string(),
            closed_on: closed_on.map(|day| day.to_string()),
            steps: steps.into_iter().map(step).collect(),
            before,
            after,
        }
    }
}

#[uniffi::export]
impl Device {
    /// What this person did on a day (`2026-11-22`; `None`: today) on this phone.
    pub fn day_log(&self, day: Option<String>) -> Result<DayLog, CoreError> {
        let day = day
            .map(|day| day.parse().map_err(|_| CoreError::bad_text("this is no day")))
            .transpose()?;
        Ok(self.inner.day_log(day)?.into())
    }

    /// The card for the resident.
    pub fn receipt_card(&self, report: ReportId) -> Result<ReceiptCard, CoreError> {
        Ok(self.inner.receipt_card(report)?.into())
    }

    /// The phone's log, the earliest line first: no names, words, positions, numbers of people or tokens.
    pub fn log(&self) -> Result<String, CoreError> {
        Ok(self.inner.log())
    }
}

#[uniffi::export]
impl Phone {
    /// The phone's log, also before anybody is enrolled.
    pub fn log(&self) -> Result<String, CoreError> {
        Ok(self.inner.log())
    }
}
