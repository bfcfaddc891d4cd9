//! What people did in a world, and where each deed must still be: the memory against which nothing may be lost.
//!
//! A deed lives on the phone that made it, and on the server once that phone had nothing unsent. A wiped phone, a phone put back from an
//! older copy, a phone that let a report go because it left its scope (never before the server had everything of it), and a server put
//! back from a backup each take one of the two away; a deed that loses both was lost with the disk, which no program prevents. Every
//! other deed must be found in the end.

use std::collections::{BTreeMap, BTreeSet};

use xunge_core::command::Outcome;
use xunge_core::id::{AttachmentId, CommandId, NoteId, PatrolId, ReportId};

/// What was done.
#[derive(Clone, PartialEq, Debug)]
pub enum DeedKind {
    /// A report was handed in (or again).
    HandedIn {
        /// The command.
        command: CommandId,
    },
    /// A note was added.
    Note {
        /// The note.
        note: NoteId,
        /// Its words.
        text: String,
    },
    /// The words were written.
    Words {
        /// The words.
        text: String,
    },
    /// A picture went with a report that was handed in.
    Picture {
        /// The picture.
        attachment: AttachmentId,
    },
    /// A decision or flag.
    Decided {
        /// The command.
        command: CommandId,
    },
}

/// A deed, and where it is known to be.
#[derive(Clone, PartialEq, Debug)]
pub struct Deed {
    /// Its number, from 1.
    pub number: u64,
    /// The report.
    pub report: ReportId,
    /// What was done.
    pub kind: DeedKind,
    /// The phone and the profile.
    pub by: (usize, usize),
    /// Whether the phone still holds it, or did until it let the report go.
    pub is_on_phone: bool,
    /// The moment at which the phone had let the report go, once the server had the deed; `None` while it holds it.
    pub let_go_at: Option<u64>,
    /// The moment at which the server was known to hold it, on the journal's own count; `None` where it is not known.
    pub on_server_since: Option<u64>,
    /// Whether it was made on, or sent by, an install that was revoked: such work goes to a review list.
    pub is_under_review: bool,
}

impl Deed {
    /// Whether it must be found in the end.
    pub fn is_binding(&self) -> bool {
        let is_on_phone = self.is_on_phone && self.let_go_at.is_none();
        (is_on_phone || self.on_server_since.is_some()) && !self.is_under_review
    }
}

/// An outcome that a phone was told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Told {
    outcome: Outcome,
    at: u64,
}

/// A fix that a phone said it had kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Walked {
    number: u64,
    by: (usize, usize),
    patrol: PatrolId,
    is_on_phone: bool,
}

/// Everything that was done.
#[derive(Default)]
pub struct Journal {
    /// The deeds in order.
    pub deeds: Vec<Deed>,
    walked: Vec<Walked>,
    attempts: BTreeSet<(ReportId, String)>,
    moment: u64,
    server_backup: u64,
    phone_backups: BTreeMap<usize, u64>,
    told: BTreeMap<(usize, CommandId), Told>,
    revoked: BTreeSet<(usize, usize)>,
}

impl Journal {
    fn tick(&mut self) -> u64 {
        self.moment += 1;
        self.moment
    }

    /// Notes a deed.
    pub fn note(&mut self, by: (usize, usize), report: ReportId, kind: DeedKind) {
        let number = self.tick();
        self.deeds.push(Deed {
            number,
            report,
            kind,
            by,
            is_on_phone: true,
            let_go_at: None,
            on_server_since: None,
            is_under_review: self.revoked.contains(&by),
        });
    }

    /// Somebody is about to write these words; where the power goes meanwhile they may stand or not.
    pub fn attempt(&mut self, report: ReportId, text: &str) {
        self.attempts.insert((report, text.to_owned()));
    }

    /// Whether somebody ever set out to write these words.
    pub fn was_attempted(&self, report: ReportId, text: &str) -> bool {
        self.attempts.contains(&(report, text.to_owned()))
    }

    /// A phone kept a fix.
    pub fn walked(&mut self, by: (usize, usize), patrol: PatrolId) {
        let number = self.tick();
        self.walked.push(Walked {
            number,
            by,
            patrol,
            is_on_phone: true,
        });
    }

    /// How many fixes each profile must still hold of each patrol.
    pub fn fixes_kept(&self) -> BTreeMap<((usize, usize), PatrolId), usize> {
        let mut kept = BTreeMap::new();
        for walked in self.walked.iter().filter(|walked| walked.is_on_phone) {
            *kept.entry((walked.by, walked.patrol)).or_default() += 1;
        }
        kept
    }

    /// A profile has nothing unsent after a sync that went through, but for pictures where they are `pictures_left`, and for what the
    /// server may have refused: that is on the phone alone, where its author sees it.
    pub fn sent(&mut self, by: (usize, usize), pictures_left: bool, is_refused: &dyn Fn(&Deed) -> bool) {
        let moment = self.tick();
        let is_left = |d: &Deed| pictures_left && matches!(d.kind, DeedKind::Picture { .. });
        let is_sent = |d: &&mut Deed| !is_left(d) && !is_refused(d);
        let mine = self.deeds.iter_mut();
        let mine = mine.filter(|d| d.by == by && d.is_on_phone && d.let_go_at.is_none());
        for deed in mine.filter(is_sent) {
            deed.on_server_since.get_or_insert(moment);
        }
    }

    /// A profile holds these reports after a sync. What the server is not known to have had cannot have been let go rightly, and stays
    /// owed by the phone.
    pub fn holds(&mut self, by: (usize, usize), reports: &BTreeSet<ReportId>) {
        let moment = self.tick();
        let mine = self.deeds.iter_mut().filter(|d| d.by == by);
        for deed in mine.filter(|d| d.on_server_since.is_some()) {
            if reports.contains(&deed.report) {
                deed.let_go_at = None;
            } else {
                deed.let_go_at.get_or_insert(moment);
            }
        }
    }

    /// A phone was told what became of a command.
    pub fn told(&mut self, phone: usize, command: CommandId, outcome: Outcome) -> Result<(), String> {
        let at = self.tick();
        let told = self.told.entry((phone, command)).or_insert(Told { outcome, at });
        if told.outcome == outcome {
            Ok(())
        } else {
            Err(format!(
                "phone {phone} was told {:?} of {command} and now reads {outcome:?}",
                told.outcome
            ))
        }
    }

    /// Every outcome that some phone still remembers.
    pub fn remembered(&self) -> impl Iterator<Item = (CommandId, Outcome)> {
        self.told
            .iter()
            .map(|((_, command), told)| (*command, told.outcome))
    }

    /// A phone was wiped.
    pub fn phone_wiped(&mut self, phone: usize) {
        self.told.retain(|(p, _), _| *p != phone);
        self.revoked.retain(|(p, _)| *p != phone);
        for deed in self.deeds.iter_mut().filter(|d| d.by.0 == phone) {
            deed.is_on_phone = false;
        }
        for walked in self.walked.iter_mut().filter(|w| w.by.0 == phone) {
            walked.is_on_phone = false;
        }
    }

    /// A phone's databases were copied.
    pub fn phone_backed_up(&mut self, phone: usize) {
        let moment = self.tick();
        self.phone_backups.insert(phone, moment);
    }

    /// A phone was put back from its copy.
    pub fn phone_restored(&mut self, phone: usize) {
        let copied = self.phone_backups.get(&phone).copied().unwrap_or(0);
        self.told.retain(|(p, _), told| *p != phone || told.at <= copied);
        for deed in self.deeds.iter_mut().filter(|d| d.by.0 == phone) {
            deed.is_on_phone = deed.is_on_phone && deed.number <= copied;
            deed.let_go_at = deed.let_go_at.filter(|at| *at <= copied);
        }
        for walked in self.walked.iter_mut().filter(|w| w.by.0 == phone) {
            walked.is_on_phone = walked.is_on_phone && walked.number <= copied;
        }
    }

    /// An install was revoked.
    pub fn revoked(&mut self, by: (usize, usize)) {
        self.revoked.insert(by);
        for deed in self
            .deeds
            .iter_mut()
            .filter(|d| d.by == by && d.on_server_since.is_none())
        {
            deed.is_under_review = true;
        }
    }

    pub(super) fn server_backed_up(&mut self) {
        self.server_backup = self.tick();
    }

    pub(super) fn server_restored(&mut self) {
        let copied = self.server_backup;
        for deed in &mut self.deeds {
            deed.on_server_since = deed.on_server_since.filter(|since| *since <= copied);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let mut journal = Journal::default();
        let words = DeedKind::Words { text: "x".into() };
        journal.note((0, 0), ReportId::from_bytes([1; 16]), words);
        journal
    }

    #[test]
    fn an_unsent_deed_is_lost_with_its_phone_and_a_sent_one_is_not() {
        let mut lost = journal();
        lost.phone_wiped(0);
        assert!(!lost.deeds[0].is_binding());
        let mut kept = journal();
        kept.sent((0, 0), false, &|_| false);
        kept.phone_wiped(0);
        assert!(kept.deeds[0].is_binding());
    }

    #[test]
    fn what_the_server_refused_is_on_its_phone_alone() {
        let mut refused = journal();
        refused.sent((0, 0), false, &|_| true);
        assert!(refused.deeds[0].is_binding());
        refused.phone_wiped(0);
        assert!(!refused.deeds[0].is_binding());
    }

    #[test]
    fn what_a_phone_let_go_is_owed_by_the_server_alone_and_unsent_work_is_never_let_go() {
        let nothing = BTreeSet::new();
        let mut unsent = journal();
        unsent.holds((0, 0), &nothing);
        assert!(unsent.deeds[0].is_binding());
        let mut sent = journal();
        sent.server_backed_up();
        sent.sent((0, 0), false, &|_| false);
        sent.holds((0, 0), &nothing);
        assert!(sent.deeds[0].is_binding());
        sent.server_restored();
        assert!(!sent.deeds[0].is_binding());
        sent.sent((0, 0), false, &|_| false);
        assert!(!sent.deeds[0].is_binding());
    }

    #[test]
    fn a_deed_that_the_server_s_backup_lacks_is_still_on_its_phone() {
        let mut journal = journal();
        journal.server_backed_up();
        journal.sent((0, 0), false, &|_| false);
        journal.server_restored();
        assert!(journal.deeds[0].is_binding() && journal.deeds[0].on_server_since.is_none());
        journal.phone_wiped(0);
        assert!(!journal.deeds[0].is_binding());
    }
}
