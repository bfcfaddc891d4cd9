//! What became of reports, as figures count it and lists filter by it. Rows and predicates: which of them matters is decided elsewhere.

use xunge_core::id::UnitId;
use xunge_core::time::Timestamp;

use super::row::ReportRow;

/// What became of a report so far; follows from its accepted commands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OutcomeRow {
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When it should be, or should have been, closed.
    pub close_due_at: Option<Timestamp>,
    /// The number of the level that closed it.
    pub closed_level: Option<u8>,
    /// How often it was sent back to be handled again.
    pub reworks: u32,
    /// What the last call back found: 1 content, 2 not content, 3 not reached; 0 for none.
    pub called_back: u8,
    /// The unit that leads, or led last.
    pub lead: Option<UnitId>,
}

/// A kind of outcome that figures count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum OutcomeKind {
    /// Closed.
    Closed,
    /// Closed in time.
    OnTime,
    /// Closed too late.
    ClosedLate,
    /// Open, and its nearest deadline has passed.
    Overdue,
    /// Sent back at least once to be handled again.
    Reworked,
    /// Called back, and the informant was content.
    Content,
    /// Called back, and the informant was not content.
    NotContent,
    /// Closed below the county.
    Local,
}

/// The number of the county's level.
const COUNTY: u8 = 3;

/// Which reports by their receipt, lead and outcome; what is `None` lets everything through.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cohort {
    /// Handed in at or after this instant.
    pub submitted_from: Option<Timestamp>,
    /// Handed in before this instant.
    pub submitted_until: Option<Timestamp>,
    /// The unit that leads, or led last.
    pub lead: Option<UnitId>,
    /// What became of them.
    pub outcome: Option<OutcomeKind>,
    /// The instant as of which they are overdue.
    pub now: Timestamp,
}

impl Default for Cohort {
    fn default() -> Self {
        Self {
            submitted_from: None,
            submitted_until: None,
            lead: None,
            outcome: None,
            now: Timestamp(0),
        }
    }
}

impl OutcomeKind {
    /// Every kind with its name in addresses.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Closed, "closed"),
        (Self::OnTime, "on_time"),
        (Self::ClosedLate, "closed_late"),
        (Self::Overdue, "overdue"),
        (Self::Reworked, "reworked"),
        (Self::Content, "content"),
        (Self::NotContent, "not_content"),
        (Self::Local, "local"),
    ];

    /// The name in addresses.
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(kind, _)| *kind == self);
        found.map_or("", |(_, name)| name)
    }

    /// The kind of a name.
    pub fn of(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, known)| *known == name);
        found.map(|(kind, _)| *kind)
    }

    /// Whether something with this outcome and nearest deadline is of this kind.
    pub fn holds(self, outcome: &OutcomeRow, due_at: Option<Timestamp>, now: Timestamp) -> bool {
        let is_closed = outcome.closed_at.is_some();
        // What has no limit cannot be late.
        let is_in_time = match (outcome.closed_at, outcome.close_due_at) {
            (Some(closed_at), Some(due_at)) => closed_at <= due_at,
            _ => true,
        };
        match self {
            Self::Closed => is_closed,
            Self::OnTime => is_closed && is_in_time,
            Self::ClosedLate => is_closed && !is_in_time,
            Self::Overdue => !is_closed && due_at.is_some_and(|at| at <= now),
            Self::Reworked => outcome.reworks > 0,
            Self::Content => outcome.called_back == 1,
            Self::NotContent => outcome.called_back == 2,
            Self::Local => is_closed && outcome.closed_level.is_some_and(|level| level < COUNTY),
        }
    }
}

impl Cohort {
    /// Whether a report is among them.
    pub fn holds(&self, row: &ReportRow) -> bool {
        let submitted = row.submitted_at;
        self.submitted_from
            .is_none_or(|from| submitted.is_some_and(|at| at >= from))
            && self
                .submitted_until
                .is_none_or(|until| submitted.is_some_and(|at| at < until))
            && self
                .lead
                .as_ref()
                .is_none_or(|lead| row.outcome.lead.as_ref() == Some(lead))
            && self
                .outcome
                .is_none_or(|kind| kind.holds(&row.outcome, row.due_at, self.now))
    }
}

/// As much of a report as figures need.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FigureRow {
    /// The scope key.
    pub scope: String,
    /// The state's number.
    pub state: u8,
    /// The effective category.
    pub category: Option<String>,
    /// The nearest deadline.
    pub due_at: Option<Timestamp>,
    /// What became of it.
    pub outcome: OutcomeRow,
}
