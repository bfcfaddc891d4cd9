//! Deciding: what is typed becomes an act; whether it may be done is the core's to say.

use xunge_core::command::{Action, Reason, Verdict};
use xunge_core::directory::Level;
use xunge_core::id::{ReportId, UnitId};
use xunge_core::workflow::Matter;

use super::args::{Command, Decision, Finding, Found, UnitDecision, UpTo};
use super::fill;
use super::run::{Failure, Session};

impl Session {
    /// Does an act; commands that are none do nothing.
    pub(super) fn decision(&self, command: Command) -> Result<(), Failure> {
        match command {
            Command::Approve(d) => self.decide(&d, Action::Approve),
            Command::Return(d) => self.decide(&d, Action::Return),
            Command::TakeOn(d) => self.decide(&d, Action::TakeOn),
            Command::PassUp { to, decision } => self.pass_up(to, &decision),
            Command::Sign(d) => self.decide_for_unit(&d, |unit| Action::Sign { unit }),
            Command::FeedBack(d) => self.decide_for_unit(&d, |unit| Action::FeedBack { unit }),
            Command::AskTime { until, decision } => {
                self.decide_for_unit(&decision, |unit| Action::AskTime { unit, until })
            }
            Command::HandBack { to, decision } => {
                let proposal = to
                    .as_deref()
                    .map(|text| fill::unit_named(self, text))
                    .transpose()?;
                self.decide_for_unit(&decision, |unit| Action::HandBack {
                    unit,
                    proposal: proposal.clone(),
                })
            }
            Command::Close(d) => self.decide(&d, Action::Close),
            Command::Withdraw(d) => self.decide(&d, Action::Withdraw),
            Command::Rework(d) => self.decide(&d, Action::Rework),
            Command::Urge(d) => self.decide(&d, Action::Urge),
            Command::Ask(d) => self.decide(&d, Action::Ask),
            Command::Answer(d) => self.answer(&d),
            Command::AnswerCheck(finding) => self.answer_check(&finding),
            Command::CallBack(finding) => {
                let verdict = verdict(finding.verdict);
                self.decide(&finding.decision, Action::CallBack { verdict })
            }
            Command::Confirm(d) => self.confirm(&d),
            _ => Ok(()),
        }
    }

    fn decide(&self, decision: &Decision, action: Action) -> Result<(), Failure> {
        let report = self.find(&decision.report)?;
        let reason = decision.reason.as_ref().map(Reason::words);
        self.device
            .decide(report, action, reason, decision.text.clone())?;
        self.saved(report)
    }

    fn pass_up(&self, to: Option<UpTo>, decision: &Decision) -> Result<(), Failure> {
        let to = match to {
            Some(UpTo::County) => Level::County,
            Some(UpTo::Village) => Level::Village,
            Some(UpTo::Township) | None => Level::Township,
        };
        self.decide(decision, Action::PassUp { to })
    }

    fn decide_for_unit(&self, d: &UnitDecision, action: impl Fn(UnitId) -> Action) -> Result<(), Failure> {
        let unit = match &d.unit {
            Some(text) => fill::unit_named(self, text)?,
            None => self.own_unit(self.find(&d.decision.report)?)?,
        };
        self.decide(&d.decision, action(unit))
    }

    /// The unit for which this person handles a report: one that was named for it and in which he holds a post, else the holder.
    fn own_unit(&self, report: ReportId) -> Result<UnitId, Failure> {
        let matter = self.matter(report)?;
        let directory = self.device.directory()?;
        let me = &self.device.info().person;
        let mine = directory.posts_of(me, self.now());
        let named = matter
            .assignments
            .iter()
            .find(|assignment| mine.iter().any(|post| post.unit == assignment.unit));
        Ok(named.map_or_else(
            || matter.holder.unit.clone(),
            |assignment| assignment.unit.clone(),
        ))
    }

    fn answer(&self, decision: &Decision) -> Result<(), Failure> {
        let matter = self.matter(self.find(&decision.report)?)?;
        let open = matter.questions.iter().find(|question| question.answer.is_none());
        let question = open.map(|question| question.command);
        let question = question.ok_or_else(|| self.said("没有要答复的询问", "no question is open", ""))?;
        self.decide(decision, Action::Answer { question })
    }

    fn answer_check(&self, finding: &Finding) -> Result<(), Failure> {
        let matter = self.matter(self.find(&finding.decision.report)?)?;
        let me = &self.device.info().person;
        let open = matter
            .checks
            .iter()
            .find(|check| check.verdict.is_none() && check.who == *me);
        let check = open.map(|check| check.command);
        let check = check.ok_or_else(|| self.said("没有要您答复的核查", "no check of yours is open", ""))?;
        let verdict = verdict(finding.verdict);
        self.decide(&finding.decision, Action::AnswerCheck { check, verdict })
    }

    fn confirm(&self, decision: &Decision) -> Result<(), Failure> {
        let matter = self.matter(self.find(&decision.report)?)?;
        let open = matter.proposals.first().map(|proposal| proposal.command.id);
        let proposal = open.ok_or_else(|| self.said("没有待确认的决定", "no decision waits", ""))?;
        self.decide(decision, Action::Confirm { proposal })
    }

    /// Where a report stands, this phone's own waiting acts included.
    fn matter(&self, report: ReportId) -> Result<Matter, Failure> {
        let view = self.device.report(report)?;
        view.expected.or(view.matter).ok_or_else(|| {
            self.said(
                "镇里还没有收到这一件",
                "the township does not have this report yet",
                "",
            )
        })
    }
}

fn verdict(found: Found) -> Verdict {
    match found {
        Found::Confirmed => Verdict::Confirmed,
        Found::NotConfirmed => Verdict::NotConfirmed,
        Found::Unknown => Verdict::Unknown,
    }
}
