//! Where an accepted command took the report: signed by the server with the result.
//!
//! The directory changes, and phones hold it as of different days. So the folding of a report's story never asks the directory: what had
//! to be looked up when the command was decided (who holds it now, at which level) stands in the result, under the server's signature.
//!
//! Set in stone: the CBOR numbers.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::directory::Level;
use crate::id::UnitId;

/// Where a report stands.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 草稿: on the phone only; no command exists.
    #[n(0)]
    Draft,
    /// 已上报: waits for the chief of the grid (or of the village, passed up).
    #[n(1)]
    Submitted,
    /// 已退回: waits for the reporter.
    #[n(2)]
    Returned,
    /// 待受理: in the room's queue.
    #[n(3)]
    Queued,
    /// 已受理: the room has it and is to dispatch it.
    #[n(4)]
    Accepted,
    /// 已交办: waits for the lead department's signature.
    #[n(5)]
    Dispatched,
    /// 处置中.
    #[n(6)]
    Handling,
    /// 已反馈: waits for the review.
    #[n(7)]
    FedBack,
    /// 已办结.
    #[n(8)]
    Closed,
    /// 当场处置: settled by the reporter, waits for the chief's check.
    #[n(9)]
    Settled,
    /// 已撤回.
    #[n(10)]
    Withdrawn,
    /// 已作废.
    #[n(11)]
    Void,
    /// 已并案: goes on under another report.
    #[n(12)]
    Merged,
    /// 挂账.
    #[n(13)]
    Held,
}

impl State {
    /// Every state.
    pub const ALL: &'static [Self] = &[
        Self::Draft,
        Self::Submitted,
        Self::Returned,
        Self::Queued,
        Self::Accepted,
        Self::Dispatched,
        Self::Handling,
        Self::FedBack,
        Self::Closed,
        Self::Settled,
        Self::Withdrawn,
        Self::Void,
        Self::Merged,
        Self::Held,
    ];

    /// Whether somebody still has something to do.
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Withdrawn | Self::Void | Self::Merged)
    }

    /// The stable name (`fed_back`), as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Returned => "returned",
            Self::Queued => "queued",
            Self::Accepted => "accepted",
            Self::Dispatched => "dispatched",
            Self::Handling => "handling",
            Self::FedBack => "fed_back",
            Self::Closed => "closed",
            Self::Settled => "settled",
            Self::Withdrawn => "withdrawn",
            Self::Void => "void",
            Self::Merged => "merged",
            Self::Held => "held",
        }
    }
}

/// In what part somebody holds a report.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum HolderPart {
    /// The reporter, at his grid.
    #[n(0)]
    Reporter,
    /// The chief of the unit (a grid or a village).
    #[n(1)]
    Chief,
    /// The command room of the unit (a township or the county).
    #[n(2)]
    Room,
    /// The department.
    #[n(3)]
    Department,
    /// Nobody any more: the matter has ended at this unit.
    #[n(4)]
    Nobody,
}

/// Who holds a report: a part at a unit, never a person, so that nobody's absence or new phone leaves it stuck.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Holder {
    /// The unit.
    #[n(0)]
    pub unit: UnitId,
    /// The part.
    #[n(1)]
    pub part: HolderPart,
}

/// Where an accepted command left the report.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[cbor(map)]
pub struct Effect {
    /// The state afterwards.
    #[n(0)]
    pub state: State,
    /// The level at which the matter lies afterwards; of a closed one, the level that closed it.
    #[n(1)]
    pub level: Level,
    /// Who holds it afterwards.
    #[n(2)]
    pub holder: Holder,
    /// Whether this command became the report's version, against which later decisions are measured. Flags never do.
    #[n(3)]
    pub is_move: bool,
    /// Whether chief and room hold it together (an urgent report that nobody has acted on).
    #[n(4)]
    pub is_shared_with_chief: bool,
}
