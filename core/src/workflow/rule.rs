//! The language in which the workflow table is written.

use crate::command::{ActionKind, State};

/// One row of the table: an act, from where, by whom, under what condition, and whereto.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rule {
    /// The act.
    pub kind: ActionKind,
    /// The states in which this row holds.
    pub from: &'static [State],
    /// Any of these may do it.
    pub who: &'static [Who],
    /// What must hold besides.
    pub when: When,
    /// Whether a reason is asked for.
    pub reason: Excuse,
    /// Whether the reporter of the matter is barred, whatever posts he holds (报办分离).
    pub bars_reporter: bool,
    /// What its author must have seen.
    pub seen: Seen,
    /// Where it leads.
    pub to: To,
}

/// In what relation to the matter somebody must stand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Who {
    /// Who reported it.
    Reporter,
    /// A chief of the unit that holds it, or of the village above that unit.
    HoldingChief,
    /// A chief of the grid to which it belongs, or of the village above, whoever holds it.
    GridChief,
    /// The command room of the level at which it lies: the township's up to there, the county desk's above.
    LevelRoom,
    /// The township's command room or the county desk, whoever holds it.
    AnyRoom,
    /// A member of the unit that the act names (the chief, of a grid or village); the room, of a unit without accounts.
    NamedUnit,
    /// Who was asked to look and has not answered.
    Asked,
    /// A supervisor of the township or county.
    Supervisor,
    /// Anybody who sees it: a post at its grid or above, a unit that handles it, the reporter, who was asked.
    InScope,
    /// Whoever could do now what the proposal does.
    Confirmer,
    /// Who made the last step, as long as his post would let him make it.
    LastActor,
    /// The server's own clock.
    Server,
}

/// What must hold beside state and relation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// Nothing.
    Always,
    /// Nobody has acted since it was handed in.
    Untouched,
    /// The last step is one that its author may take back, and no other step was made since.
    LastStepStands,
    /// Chief and room hold it together, and the chief has not spoken.
    Shared,
    /// The room has called it urgent while it waits for the chief.
    Urgent,
    /// The chief holds it.
    AtChief,
    /// The room holds it.
    AtRoom,
    /// The reporter's words changed after the approval.
    Amended,
    /// The chief took it on himself.
    TakenOn,
    /// It is listed for supervision.
    Listed,
    /// A question is open.
    Questioned,
    /// A unit waits for an answer about time.
    TimeAsked,
    /// A proposal waits.
    Proposed,
    /// The chief's clock has ended.
    ClockEnded,
}

/// Whether a reason is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Excuse {
    /// No.
    None,
    /// Yes.
    Needed,
    /// Where the request is refused.
    NeededToRefuse,
}

/// What the author of an act must have seen for it to count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seen {
    /// Every move so far: at most one decision stands.
    EveryMove,
    /// What opened the unit's own part; what other units did meanwhile does not matter.
    OwnPart,
    /// Nothing: flags and words beside the state.
    Nothing,
}

/// Where an act leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum To {
    /// This state.
    State(State),
    /// The state stays.
    Same,
    /// By category, urgency, level and who reports: submitted, queued or closed.
    Entry,
    /// By category: settled or closed.
    SettledEntry,
    /// To the next holder above: the village's chief, the township's room or the county desk.
    Above,
    /// To the chief below, or from the county desk to the township.
    Below,
    /// By how far all units have come.
    Parts,
    /// Where it stood before it was held.
    Resumed,
    /// Where it stood before the last step.
    Before,
    /// As the proposal does.
    AsProposed,
}

impl Rule {
    /// Whether an act under this row may move the report.
    pub fn moves(&self) -> bool {
        !matches!(self.to, To::Same)
    }
}
