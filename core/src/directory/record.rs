//! One row of the directory, as it is stored, sent and imported.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{
    CalendarDay, Category, ExcludedArea, KeyPlace, Person, PlaceName, Policy, Post, RoutingRule, Unit,
};
use crate::json;
use crate::time::Timestamp;

/// What a directory row holds. The text form is the wire form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectoryKind {
    /// A [`Unit`].
    Unit,
    /// A [`Person`].
    Person,
    /// A [`Post`].
    Post,
    /// A [`Category`].
    Category,
    /// A [`CalendarDay`].
    CalendarDay,
    /// A [`Policy`].
    Policy,
    /// A [`PlaceName`].
    PlaceName,
    /// A [`KeyPlace`].
    KeyPlace,
    /// An [`ExcludedArea`].
    ExcludedArea,
    /// A [`RoutingRule`].
    RoutingRule,
}

/// A decoded directory record.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DirectoryRecord {
    /// A node of the tree of units.
    Unit(Unit),
    /// Somebody who may hold posts.
    Person(Person),
    /// A post and its holder.
    Post(Post),
    /// One version of one category.
    Category(Category),
    /// One holiday or make-up day.
    CalendarDay(CalendarDay),
    /// A township's or county's settings.
    Policy(Policy),
    /// A local place name, offered for `place_text` in one tap.
    PlaceName(PlaceName),
    /// A place that must be visited.
    KeyPlace(KeyPlace),
    /// Ground that cannot be reached on a patrol.
    ExcludedArea(ExcludedArea),
    /// A rule of routing.
    RoutingRule(RoutingRule),
}

/// A record with its dates: what a feed carries and what databases keep.
///
/// `(kind, key, valid_from)` names the row; a later `version` of the same name replaces it.
#[derive(Clone, PartialEq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct DirectoryRow {
    /// The kind as text; kinds newer than this program are kept unread.
    #[n(0)]
    pub kind: String,
    /// The record's own code (unit code, person code …).
    #[n(1)]
    pub key: String,
    /// From when the record holds.
    #[n(2)]
    pub valid_from: Timestamp,
    /// Until when it holds (exclusive); open where `None`. A removed unit is a record that ended.
    #[n(3)]
    pub valid_to: Option<Timestamp>,
    /// Counts the directory's changes in its feed; greater is newer.
    #[n(4)]
    pub version: u64,
    /// The record as JSON, an object with the fields of the kind's type.
    #[n(5)]
    pub json: String,
}

/// Why a directory row cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum InvalidRecord {
    /// The kind is newer than this program.
    #[error("directory kind `{0}` is not known to this version")]
    UnknownKind(String),
    /// The JSON does not fit the kind.
    #[error("directory record `{kind} {key}` is not readable")]
    Json {
        /// The row's kind.
        kind: String,
        /// The row's key.
        key: String,
        /// What serde found.
        source: serde_json::Error,
    },
}

impl DirectoryRecord {
    /// The kind of the record.
    pub fn kind(&self) -> DirectoryKind {
        match self {
            Self::Unit(_) => DirectoryKind::Unit,
            Self::Person(_) => DirectoryKind::Person,
            Self::Post(_) => DirectoryKind::Post,
            Self::Category(_) => DirectoryKind::Category,
            Self::CalendarDay(_) => DirectoryKind::CalendarDay,
            Self::Policy(_) => DirectoryKind::Policy,
            Self::PlaceName(_) => DirectoryKind::PlaceName,
            Self::KeyPlace(_) => DirectoryKind::KeyPlace,
            Self::ExcludedArea(_) => DirectoryKind::ExcludedArea,
            Self::RoutingRule(_) => DirectoryKind::RoutingRule,
        }
    }

    /// The code that names the record within its kind. A category's key carries its version (`id@version`).
    pub fn key(&self) -> String {
        match self {
            Self::Unit(u) => u.id.to_string(),
            Self::Person(p) => p.id.to_string(),
            Self::Post(p) => p.id.to_string(),
            Self::Category(c) => format!("{}@{}", c.id, c.version),
            Self::CalendarDay(d) => d.on.to_string(),
            Self::Policy(p) => p.unit.to_string(),
            Self::PlaceName(p) => p.id.clone(),
            Self::KeyPlace(p) => p.id.clone(),
            Self::ExcludedArea(a) => a.id.clone(),
            Self::RoutingRule(r) => r.id.clone(),
        }
    }

    /// The row that carries this record.
    pub fn into_row(self, valid_from: Timestamp, valid_to: Option<Timestamp>, version: u64) -> DirectoryRow {
        let kind = self.kind().as_str().to_owned();
        let key = self.key();
        let json = match &self {
            Self::Unit(x) => serde_json::to_string(x),
            Self::Person(x) => serde_json::to_string(x),
            Self::Post(x) => serde_json::to_string(x),
            Self::Category(x) => serde_json::to_string(x),
            Self::CalendarDay(x) => serde_json::to_string(x),
            Self::Policy(x) => serde_json::to_string(x),
            Self::PlaceName(x) => serde_json::to_string(x),
            Self::KeyPlace(x) => serde_json::to_string(x),
            Self::ExcludedArea(x) => serde_json::to_string(x),
            Self::RoutingRule(x) => serde_json::to_string(x),
        }
        .expect("directory records hold only maps with text keys");
        DirectoryRow {
            kind,
            key,
            valid_from,
            valid_to,
            version,
            json,
        }
    }
}

impl DirectoryRow {
    /// Reads the record. Unknown kinds and unreadable JSON are errors; the row itself should be kept all the same.
    pub fn record(&self) -> Result<DirectoryRecord, InvalidRecord> {
        let json = |source| InvalidRecord::Json {
            kind: self.kind.clone(),
            key: self.key.clone(),
            source,
        };
        let text = self.json.as_str();
        Ok(match self.kind.as_str() {
            "unit" => DirectoryRecord::Unit(json::read(text).map_err(json)?),
            "person" => DirectoryRecord::Person(json::read(text).map_err(json)?),
            "post" => DirectoryRecord::Post(json::read(text).map_err(json)?),
            "category" => DirectoryRecord::Category(json::read(text).map_err(json)?),
            "calendar_day" => DirectoryRecord::CalendarDay(json::read(text).map_err(json)?),
            "policy" => DirectoryRecord::Policy(json::read(text).map_err(json)?),
            "place_name" => DirectoryRecord::PlaceName(json::read(text).map_err(json)?),
            "key_place" => DirectoryRecord::KeyPlace(json::read(text).map_err(json)?),
            "excluded_area" => DirectoryRecord::ExcludedArea(json::read(text).map_err(json)?),
            "routing_rule" => DirectoryRecord::RoutingRule(json::read(text).map_err(json)?),
            _ => return Err(InvalidRecord::UnknownKind(self.kind.clone())),
        })
    }
}

impl DirectoryKind {
    /// The text form, as on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unit => "unit",
            Self::Person => "person",
            Self::Post => "post",
            Self::Category => "category",
            Self::CalendarDay => "calendar_day",
            Self::Policy => "policy",
            Self::PlaceName => "place_name",
            Self::KeyPlace => "key_place",
            Self::ExcludedArea => "excluded_area",
            Self::RoutingRule => "routing_rule",
        }
    }
}
