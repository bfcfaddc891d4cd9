//! From the fields of a form to an act. Whether the act may be done, and with these units and people, is the workflow's to say; here
//! stands only what is missing or cannot be read, in words for whoever filled the form in.

use std::str::FromStr;

use xunge_core::command::{
    Action, ActionKind as A, Assignment, AssignmentPart, Classification, Reason, Urgency, Verdict,
};
use xunge_core::id::{ReportId, UnitId};
use xunge_core::routing::Chosen;
use xunge_core::time::Timestamp;
use xunge_core::workflow::Matter;

use super::super::desk::Desk;
use super::super::form::Fields;
use super::super::report::Loaded;
use super::super::words;
use super::Ready;
use super::form::needs_reason;
use crate::service::RULE_CODE;

struct Reader<'a> {
    desk: &'a Desk,
    fields: &'a Fields,
    loaded: &'a Loaded,
    matter: &'a Matter,
}

/// Reads one act. The report that a merge or split names is looked up by the caller.
pub(super) fn read(desk: &Desk, kind: A, fields: &Fields, loaded: &Loaded) -> Result<Ready, String> {
    let w = desk.lang.words();
    let Some(matter) = &loaded.story.matter else {
        return Err(w.wrong_act.to_owned());
    };
    let reader = Reader {
        desk,
        fields,
        loaded,
        matter,
    };
    let action = reader.action(kind)?;
    let reason = reader.reason(kind);
    let is_refusal = matches!(action, Action::GrantTime { until: None, .. });
    if reason.is_none() && (needs_reason(kind, matter) || is_refusal) {
        return Err(w.wrong_reason.to_owned());
    }
    let text = said(desk, kind, fields);
    let asks_text = matches!(kind, A::FeedBack | A::Ask | A::Answer | A::Remark);
    if asks_text && text.is_none() {
        return Err(w.wrong_text.to_owned());
    }
    let (action, reason) = reader.by_rule(action, reason);
    Ok(Ready { action, reason, text })
}

/// A chosen sentence, typed words, or both.
fn said(desk: &Desk, kind: A, fields: &Fields) -> Option<String> {
    let chosen = fields.get("say");
    let chosen = chosen.filter(|text| desk.sentences(kind).iter().any(|(value, _)| value == text));
    match (chosen, fields.get("text")) {
        (Some(chosen), Some(typed)) => Some(format!("{chosen}{typed}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

impl Reader<'_> {
    /// Which rule was followed, and why it applies; `None` for what no rule says.
    fn rule_reason<T>(&self, chosen: &Chosen<T>) -> Option<Reason> {
        let rule = chosen.rule.as_ref()?;
        let why = super::super::room::rules::reason(chosen, self.desk);
        Some(Reason {
            code: Some(format!("{RULE_CODE}{rule}")),
            text: format!(
                "{}{}{why}",
                self.desk.lang.room().route_follow,
                self.desk.lang.words().colon
            ),
            voice: None,
        })
    }

    /// A dispatch to whom the rules propose says by which rule and why, and has the rule's time where no day was chosen.
    fn by_rule(&self, action: Action, reason: Option<Reason>) -> (Action, Option<Reason>) {
        let route = self.loaded.beside.route.as_ref();
        if let (Action::Classify { to }, None) = (&action, &reason) {
            let risk = route.and_then(|route| route.risk.as_ref());
            let risk = risk.filter(|chosen| to.risk == Some(chosen.value));
            let reason = risk.and_then(|chosen| self.rule_reason(chosen));
            return (action, reason);
        }
        let chosen = route.and_then(|route| route.department.as_ref());
        let (Action::Dispatch { mut to }, None, Some(chosen)) = (action.clone(), &reason, chosen) else {
            return (action, reason);
        };
        let is_proposed = to.first().is_some_and(|lead| lead.unit == chosen.value);
        if !is_proposed || chosen.rule.is_none() {
            return (action, reason);
        }
        let within = route.and_then(|route| route.within.as_ref());
        if let Some(within) = within.filter(|_| to.iter().all(|a| a.due_at.is_none())) {
            let policy = self.desk.directory.policy(&self.loaded.story.feed, self.desk.now);
            let calendar = self.desk.directory.calendar(self.desk.now);
            let hours = &policy.working_hours_min;
            let due_at = within.value.ends_at(self.desk.now, &calendar, policy.zone, hours);
            to.iter_mut().for_each(|a| a.due_at = Some(due_at));
        }
        let reason = self.rule_reason(chosen);
        (Action::Dispatch { to }, reason)
    }

    fn action(&self, kind: A) -> Result<Action, String> {
        let w = self.desk.lang.words();
        Ok(match kind {
            A::Withdraw => Action::Withdraw,
            A::Approve => Action::Approve,
            A::Return => Action::Return,
            A::TakeOn => Action::TakeOn,
            A::Accept => Action::Accept,
            A::Rework => Action::Rework,
            A::Close => Action::Close,
            A::Resume => Action::Resume,
            A::Void => Action::Void,
            A::Reopen => Action::Reopen,
            A::Urge => Action::Urge,
            A::ListForSupervision => Action::ListForSupervision,
            A::StrikeOff => Action::StrikeOff,
            A::Ask => Action::Ask,
            A::Remark => Action::Remark,
            A::PassUp => Action::PassUp {
                to: words::level_of(self.fields.get("to").unwrap_or_default())
                    .ok_or_else(|| self.missing(w.in_level))?,
            },
            A::SendDown => Action::SendDown {
                to: self.must("to", w.in_below)?,
            },
            A::Classify => Action::Classify { to: self.classify()? },
            A::Dispatch => Action::Dispatch { to: self.dispatch()? },
            A::Sign => Action::Sign {
                unit: self.must("unit", w.in_unit)?,
            },
            A::FeedBack => Action::FeedBack {
                unit: self.must("unit", w.in_unit)?,
            },
            A::AskTime => Action::AskTime {
                unit: self.must("unit", w.in_unit)?,
                until: self.day("until", w.in_until)?,
            },
            A::GrantTime => self.grant_time()?,
            A::HandBack => Action::HandBack {
                unit: self.must("unit", w.in_unit)?,
                proposal: self.may("proposal", w.in_proposal)?,
            },
            A::Hold => Action::Hold {
                until: self.day("until", w.in_look_again)?,
            },
            A::Merge => Action::Merge {
                into: self.named(w.in_merge)?,
            },
            A::Split => Action::Split {
                into: self.named(w.in_split)?,
            },
            A::Whistle => Action::Whistle {
                units: self.units("units", w.in_units)?,
            },
            A::Check => Action::Check {
                who: self.must("who", w.in_who)?,
            },
            A::AnswerCheck | A::Answer | A::Confirm => self.answer(kind)?,
            A::CallBack => Action::CallBack {
                verdict: self.verdict()?,
            },
            A::Recheck => Action::Recheck {
                verdict: self.verdict()?,
            },
            A::Submit | A::Settle | A::PassBy => return Err(w.wrong_act.to_owned()),
        })
    }

    fn missing(&self, label: &str) -> String {
        self.desk.lang.words().wrong_missing.replace("{x}", label)
    }

    fn must<T: FromStr>(&self, name: &str, label: &str) -> Result<T, String> {
        self.may(name, label)?.ok_or_else(|| self.missing(label))
    }

    fn may<T: FromStr>(&self, name: &str, label: &str) -> Result<Option<T>, String> {
        let value = self.fields.get(name);
        value
            .map(|text| text.parse().map_err(|_| self.missing(label)))
            .transpose()
    }

    fn day(&self, name: &str, label: &str) -> Result<Timestamp, String> {
        let moments = self.desk.moments(Some(&self.loaded.story.feed));
        let text = self.fields.get(name).unwrap_or_default();
        let end = moments.end_of_day(text).ok_or_else(|| self.missing(label))?;
        if end <= self.desk.now {
            return Err(self.desk.lang.words().wrong_past.to_owned());
        }
        Ok(end)
    }

    fn units(&self, name: &str, label: &str) -> Result<Vec<UnitId>, String> {
        let parse = |text: &str| text.parse().map_err(|_| self.missing(label));
        let units: Vec<UnitId> = self
            .fields
            .all(name)
            .into_iter()
            .map(parse)
            .collect::<Result<_, _>>()?;
        match units.is_empty() {
            true => Err(self.missing(label)),
            false => Ok(units),
        }
    }

    /// Whether a report is named at all; which one it is, is looked up later.
    fn named(&self, label: &str) -> Result<ReportId, String> {
        match self.fields.get("into") {
            Some(_) => Ok(self.matter.report),
            None => Err(self.missing(label)),
        }
    }

    fn verdict(&self) -> Result<Verdict, String> {
        words::verdict_of(self.fields.get("verdict").unwrap_or_default())
            .ok_or_else(|| self.missing(self.desk.lang.words().in_verdict))
    }

    fn classify(&self) -> Result<Classification, String> {
        let w = self.desk.lang.words();
        let category = self.may("category", w.fact_category)?;
        let version = category
            .as_ref()
            .and_then(|id| self.desk.directory.category_current(id, self.desk.now))
            .map(|category| category.version);
        let to = Classification {
            category,
            category_version: version,
            grid: self.may("grid", w.fact_grid)?,
            urgency: match self.fields.get("urgency") {
                Some("urgent") => Some(Urgency::Urgent),
                Some("normal") => Some(Urgency::Normal),
                _ => None,
            },
            risk: self.fields.get("risk").and_then(words::risk_of),
            level: self.fields.get("level").and_then(words::level_of),
            department: self.may("department", w.fact_department)?,
        };
        match to == Classification::default() {
            true => Err(w.wrong_nothing.to_owned()),
            false => Ok(to),
        }
    }

    fn dispatch(&self) -> Result<Vec<Assignment>, String> {
        let w = self.desk.lang.words();
        let lead: UnitId = self.must("lead", w.in_lead)?;
        let due_at = match self.fields.get("due") {
            Some(_) => Some(self.day("due", w.in_due)?),
            None => None,
        };
        let assisting = match self.fields.all("assist").is_empty() {
            true => Vec::new(),
            false => self.units("assist", w.in_assist)?,
        };
        let assist = assisting
            .into_iter()
            .filter(|unit| *unit != lead)
            .map(|unit| Assignment {
                unit,
                part: AssignmentPart::Assist,
                due_at,
            });
        let first = Assignment {
            due_at,
            ..Assignment::lead(lead.clone())
        };
        Ok(std::iter::once(first).chain(assist).collect())
    }

    fn grant_time(&self) -> Result<Action, String> {
        let w = self.desk.lang.words();
        let unit: UnitId = self.must("unit", w.in_unit)?;
        let until = match self.fields.get("grant") {
            Some("yes") => match self.fields.get("until") {
                Some(_) => Some(self.day("until", w.in_until)?),
                None => self.matter.assignment(&unit).and_then(|a| a.asked_until),
            },
            Some("no") => None,
            _ => return Err(self.missing(w.in_grant)),
        };
        Ok(Action::GrantTime { unit, until })
    }

    /// Answers to what is open: the reader's own check, the last question, a proposal.
    fn answer(&self, kind: A) -> Result<Action, String> {
        let w = self.desk.lang.words();
        let nothing = || w.wrong_act.to_owned();
        Ok(match kind {
            A::AnswerCheck => {
                let me = &self.desk.session.person;
                let mut open = self.matter.checks.iter().rev();
                let mine = open.find(|check| check.who == *me && check.verdict.is_none());
                Action::AnswerCheck {
                    check: mine.ok_or_else(nothing)?.command,
                    verdict: self.verdict()?,
                }
            }
            A::Answer => {
                let mut open = self.matter.questions.iter().rev();
                let question = open.find(|question| question.answer.is_none());
                Action::Answer {
                    question: question.ok_or_else(nothing)?.command,
                }
            }
            _ => Action::Confirm {
                proposal: self.must("proposal", w.in_proposed)?,
            },
        })
    }

    /// The reason: a phrase, words, or both.
    fn reason(&self, kind: A) -> Option<Reason> {
        let code = self.fields.get("phrase");
        let phrases = words::phrases(self.desk.lang, kind);
        let phrase = code.and_then(|code| phrases.into_iter().find(|(value, _)| value == code));
        let words = self.fields.get("reason");
        let text = match (&phrase, words) {
            (Some((_, phrase)), Some(words)) => format!("{phrase}：{words}"),
            (Some((_, phrase)), None) => phrase.clone(),
            (None, Some(words)) => words.to_owned(),
            (None, None) => return None,
        };
        Some(Reason {
            code: phrase.map(|(code, _)| code),
            text,
            voice: None,
        })
    }
}
