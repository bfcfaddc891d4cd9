//! How long each stage of a report may take, and whose word that is.
//!
//! A limit is looked for at the category first, then at the policies of the unit and those above it, then among the defaults; it always
//! says where it was found, so that a deadline can say so too. An emergency only ever tightens.

use serde::{Deserialize, Serialize};

use super::calendar::Allowance;
use super::{CHIEF_CLOCK_WORKING_MIN, Directory};
use crate::id::{CategoryId, UnitId};
use crate::time::Timestamp;

/// What has a limit of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitKind {
    /// 审核: the chief decides.
    Chief,
    /// 交办: the room dispatches, counted from when it got the report.
    Dispatch,
    /// 签收: a unit signs its part.
    Sign,
    /// 处置: a unit feeds its part back, counted from when it got it.
    Handle,
    /// 审核反馈: the room reviews what was fed back.
    Review,
    /// 办结: the whole, counted from the first receipt.
    Close,
}

impl LimitKind {
    /// Every kind, in a report's order.
    pub const ALL: [Self; 6] = [
        Self::Chief,
        Self::Dispatch,
        Self::Sign,
        Self::Handle,
        Self::Review,
        Self::Close,
    ];
}

/// How long each stage may take; what is absent is inherited.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Limits {
    /// For the chief's decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chief: Option<Allowance>,
    /// To dispatch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<Allowance>,
    /// To sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<Allowance>,
    /// To feed back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handle: Option<Allowance>,
    /// To review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Allowance>,
    /// To close, in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close: Option<Allowance>,
}

impl Limits {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The limit of one stage.
    pub fn of(&self, kind: LimitKind) -> Option<Allowance> {
        match kind {
            LimitKind::Chief => self.chief,
            LimitKind::Dispatch => self.dispatch,
            LimitKind::Sign => self.sign,
            LimitKind::Handle => self.handle,
            LimitKind::Review => self.review,
            LimitKind::Close => self.close,
        }
    }

    /// Sets the limit of one stage.
    pub fn set(&mut self, kind: LimitKind, allowance: Option<Allowance>) {
        let place = match kind {
            LimitKind::Chief => &mut self.chief,
            LimitKind::Dispatch => &mut self.dispatch,
            LimitKind::Sign => &mut self.sign,
            LimitKind::Handle => &mut self.handle,
            LimitKind::Review => &mut self.review,
            LimitKind::Close => &mut self.close,
        };
        *place = allowance;
    }
}

/// The limits where nobody says otherwise: a day to dispatch, three to close, round the clock; the chief has four working hours.
pub const DEFAULT_LIMITS: Limits = Limits {
    chief: Some(Allowance::WorkingTime {
        minutes: CHIEF_CLOCK_WORKING_MIN,
    }),
    dispatch: Some(Allowance::RoundTheClock { minutes: 24 * 60 }),
    sign: None,
    handle: None,
    review: None,
    close: Some(Allowance::RoundTheClock { minutes: 72 * 60 }),
};

/// The limits of an emergency (战时) where nobody says otherwise, all round the clock: the chief half an hour, two hours to dispatch,
/// half an hour to sign, a day to close.
pub const EMERGENCY_LIMITS: Limits = Limits {
    chief: Some(Allowance::RoundTheClock { minutes: 30 }),
    dispatch: Some(Allowance::RoundTheClock { minutes: 120 }),
    sign: Some(Allowance::RoundTheClock { minutes: 30 }),
    handle: None,
    review: None,
    close: Some(Allowance::RoundTheClock { minutes: 24 * 60 }),
};

/// When nobody is reminded where no policy says otherwise, as minutes since midnight: 22:00–07:00.
pub const QUIET_HOURS_MIN: [u32; 2] = [1_320, 420];

/// Whose word a limit is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum LimitSource {
    /// Nobody said otherwise.
    Default,
    /// The policy of a unit.
    Policy {
        /// The unit.
        unit: UnitId,
    },
    /// The category, or a class above it.
    Category {
        /// The category that says so.
        category: CategoryId,
    },
    /// An emergency that tightens it.
    Emergency {
        /// The unit whose emergency it is.
        unit: UnitId,
        /// Since when.
        since: Timestamp,
    },
    /// The room named the end.
    Room,
}

/// A limit with whose word it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Limit {
    /// How long.
    pub allowance: Allowance,
    /// Whose word.
    pub source: LimitSource,
}

impl Directory {
    /// The limit of a stage for a unit and category, as it holds at the instant; `None` where that stage has no limit of its own.
    pub fn limit(
        &self,
        kind: LimitKind,
        unit: &UnitId,
        category: &CategoryId,
        at: Timestamp,
    ) -> Option<Limit> {
        self.category_limit(kind, unit, category, at)
            .or_else(|| self.policy_limit(kind, unit, at))
            .or_else(|| {
                DEFAULT_LIMITS.of(kind).map(|allowance| Limit {
                    allowance,
                    source: LimitSource::Default,
                })
            })
    }

    /// The nearest unit's word on the category or a class above it.
    fn category_limit(
        &self,
        kind: LimitKind,
        unit: &UnitId,
        category: &CategoryId,
        at: Timestamp,
    ) -> Option<Limit> {
        let line = self.category_line(category, at);
        self.path(unit, at).into_iter().find_map(|unit| {
            let said = &self.own_policy(&unit.id, at)?.category_limits;
            let (category, allowance) = line.iter().find_map(|id| Some((*id, said.get(*id)?.of(kind)?)))?;
            Some(Limit {
                allowance,
                source: LimitSource::Category {
                    category: category.clone(),
                },
            })
        })
    }

    fn policy_limit(&self, kind: LimitKind, unit: &UnitId, at: Timestamp) -> Option<Limit> {
        self.path(unit, at).into_iter().find_map(|unit| {
            let policy = self.own_policy(&unit.id, at)?;
            let minutes = policy
                .chief_clock_working_min
                .filter(|_| kind == LimitKind::Chief);
            let clock = minutes.map(|minutes| Allowance::WorkingTime { minutes });
            let allowance = policy.limits.of(kind).or(clock)?;
            let unit = unit.id.clone();
            Some(Limit {
                allowance,
                source: LimitSource::Policy { unit },
            })
        })
    }

    /// The emergency that holds for a unit at the instant: the nearest unit at or above it that is in one, and since when.
    pub fn emergency(&self, unit: &UnitId, at: Timestamp) -> Option<(UnitId, Timestamp)> {
        self.path(unit, at).into_iter().find_map(|unit| {
            let since = self.policy_since(&unit.id, at, |policy| policy.is_emergency)?;
            Some((unit.id.clone(), since))
        })
    }

    /// What an emergency leaves for a stage at the instant; `None` where there is none, or it says nothing of that stage.
    pub fn emergency_limit(&self, kind: LimitKind, unit: &UnitId, at: Timestamp) -> Option<Limit> {
        let (whose, since) = self.emergency(unit, at)?;
        let said = self.path(unit, at).into_iter().find_map(|unit| {
            let policy = self.own_policy(&unit.id, at)?;
            policy.emergency_limits.of(kind)
        });
        let allowance = said.or(EMERGENCY_LIMITS.of(kind))?;
        Some(Limit {
            allowance,
            source: LimitSource::Emergency { unit: whose, since },
        })
    }
}
