//! Units, people and posts: who is where, and who may act for what from when to when.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::Limits;
use super::ground::{Excuse, Sight, VisitRule};
use crate::id::{CategoryId, PersonId, PostId, UnitId};
use crate::time::Timestamp;

/// What a unit is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// 县.
    County,
    /// 镇街. Each township has a feed.
    Township,
    /// 村社.
    Village,
    /// 网格: the smallest patrol area.
    Grid,
    /// 路长 section, beside grids.
    RoadSection,
    /// 专属网格 (a market, a school, an estate), beside grids.
    SpecialGrid,
    /// 职能部门、执法队: handles dispatched reports.
    Department,
}

impl UnitKind {
    /// Whether reports are made in such a unit: grids and what hangs beside them.
    pub fn is_grid(self) -> bool {
        matches!(self, Self::Grid | Self::RoadSection | Self::SpecialGrid)
    }
}

/// The level at which a matter lies or was closed.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The grid: its chief.
    #[n(0)]
    Grid,
    /// The village.
    #[n(1)]
    Village,
    /// The township: its command room.
    #[n(2)]
    Township,
    /// The county desk.
    #[n(3)]
    County,
}

/// A node of the tree of units.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Unit {
    /// The unit's code.
    pub id: UnitId,
    /// Its name as people say it.
    pub name: String,
    /// What it is.
    pub kind: UnitKind,
    /// The unit above; `None` for the county.
    pub parent: Option<UnitId>,
    /// The outline as a GeoJSON `MultiPolygon` coordinate array, `[lon, lat]` degrees WGS 84; `None` where none is drawn yet
    /// (such a grid is chosen by name).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<Vec<Vec<Vec<[f64; 2]>>>>,
    /// A telephone that answers for the unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// False where nobody in the unit has an account (供电, 电信): the room signs and feeds back for it.
    #[serde(default = "yes")]
    pub has_accounts: bool,
}

fn yes() -> bool {
    true
}

/// Somebody who may hold posts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Person {
    /// The person's code (a staff number; never an identity-card number).
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The telephone under which a holder of a matter can be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
}

/// What a post may do. The table of rights is in `workflow`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 网格员.
    Worker,
    /// 网格长; at a village unit the head who answers for the village level.
    Chief,
    /// 网格指导员、包联干部.
    Advisor,
    /// 信息员 in the command room.
    Clerk,
    /// 综合协调岗.
    Coordinator,
    /// 信息研判岗.
    Triager,
    /// 流转督办岗.
    Dispatcher,
    /// 督查考评岗.
    Inspector,
    /// 应急机动岗.
    Responder,
    /// Somebody of a department.
    DepartmentMember,
    /// Checks coverage, timeliness and quality.
    Supervisor,
    /// Keeps the directory, enrols and revokes.
    Administrator,
}

impl Role {
    /// Whether the role sits in the command room (5+X) and acts for its township or county desk.
    pub fn is_room(self) -> bool {
        matches!(
            self,
            Self::Clerk
                | Self::Coordinator
                | Self::Triager
                | Self::Dispatcher
                | Self::Inspector
                | Self::Responder
        )
    }
}

/// How somebody came to a post.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostKind {
    /// Appointed.
    Appointment,
    /// Stands in for the holder of another post.
    Delegation {
        /// The post that is stood in for.
        of: PostId,
    },
    /// On duty for a shift (轮值).
    Shift,
}

/// A role at a unit, held by a person from an instant (inclusive) to an instant (exclusive).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Post {
    /// The post's code.
    pub id: PostId,
    /// The unit at which it is held; rights reach down to every unit below.
    pub unit: UnitId,
    /// What it may do.
    pub role: Role,
    /// Who holds it.
    pub person: PersonId,
    /// How they came to it.
    #[serde(default = "appointment")]
    pub kind: PostKind,
    /// From when it is held.
    pub held_from: Timestamp,
    /// Until when (exclusive); open where `None`.
    #[serde(default)]
    pub held_to: Option<Timestamp>,
}

fn appointment() -> PostKind {
    PostKind::Appointment
}

/// Settings of a township or county desk; what is absent is inherited from the unit above, then from the defaults.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Policy {
    /// The unit whose policy this is.
    pub unit: UnitId,
    /// The IANA zone of civil days, `Asia/Shanghai` by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// How long a chief may take before a report passes by him, in working minutes (default 240 = 4 working hours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chief_clock_working_min: Option<u32>,
    /// Working hours as minutes since midnight, `[start, end)` pairs (default 08:00–12:00, 14:00–18:00).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_hours_min: Option<Vec<[u32; 2]>>,
    /// The long side of pictures in pixels (default 1600).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture_long_side_px: Option<u32>,
    /// Whether the township is in emergency mode (战时).
    #[serde(default)]
    pub is_emergency: bool,
    /// How far one sees on patrol (default: as in a village).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sight: Option<Sight>,
    /// For how many days tracks are kept before only their coverage remains (default 90).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track_keep_days: Option<u32>,
    /// For how many days what belongs to a report is kept after the report has ended (default: for good).
    #[serde(default, skip_serializing_if = "KeepDays::is_empty")]
    pub keep: KeepDays,
    /// How long each stage may take.
    #[serde(default, skip_serializing_if = "Limits::is_empty")]
    pub limits: Limits,
    /// How long each stage may take in an emergency; never longer than otherwise.
    #[serde(default, skip_serializing_if = "Limits::is_empty")]
    pub emergency_limits: Limits,
    /// When nobody is reminded, as minutes since midnight; may go over midnight (default 22:00–07:00, none where both are equal).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_hours_min: Option<[u32; 2]>,
    /// How long each stage may take for reports of some categories; what a class says holds for the kinds below it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub category_limits: BTreeMap<CategoryId, Limits>,
}

/// For how many days each class of what belongs to a report is kept after the report has ended (closed, withdrawn, void or merged); what
/// is absent is inherited, and kept for good where no unit says otherwise. Code, states and tombstones always stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct KeepDays {
    /// The records of people concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    /// Pictures and voice notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<u32>,
    /// The whole content: words, place, story, and with them people and files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<u32>,
}

impl KeepDays {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This, and where it says nothing what the unit above says.
    #[must_use]
    pub fn or(self, above: Self) -> Self {
        Self {
            people: self.people.or(above.people),
            files: self.files.or(above.files),
            content: self.content.or(above.content),
        }
    }
}

/// A local place name near which `place_text` is offered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PlaceName {
    /// Names the record.
    pub id: String,
    /// The name that people use (王家桥头).
    pub name: String,
    /// Degrees north, WGS 84.
    pub lat_deg: f64,
    /// Degrees east, WGS 84.
    pub lon_deg: f64,
}

/// 重点场所: a place that must be visited.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KeyPlace {
    /// Names the record.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The grid in which it lies.
    pub grid: UnitId,
    /// Degrees north, WGS 84.
    pub lat_deg: f64,
    /// Degrees east, WGS 84.
    pub lon_deg: f64,
    /// What sort of place it is, in the township's own word (学校, 水库).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Its outline as a GeoJSON `MultiPolygon` coordinate array, `[lon, lat]` degrees WGS 84; a point where `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline: Option<Vec<Vec<Vec<[f64; 2]>>>>,
    /// How often it must be visited; `None` where no rule is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<VisitRule>,
    /// When it need not be visited.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excuses: Vec<Excuse>,
}
