//! A form for every act that the workflow permits, with what each act asks for.

use xunge_core::command::{ActionKind as A, State};
use xunge_core::directory::{Level, UnitKind};
use xunge_core::id::{CommandId, UnitId};
use xunge_core::workflow::{Matter, RULES, action_words};

use super::super::desk::Desk;
use super::super::names::Names;
use super::super::report::Loaded;
use super::super::words;
use super::Attempt;
use super::input::{Filler, Input};
use crate::auth::random_secret;
use crate::cli::words::level_words;

mod proposed;

/// A form for one act.
pub(crate) struct ActForm {
    pub(crate) slug: &'static str,
    pub(crate) name: &'static str,
    /// The key that opens it (or does it, where it asks for nothing).
    pub(crate) key: Option<char>,
    /// The class of its button.
    pub(crate) tone: &'static str,
    pub(crate) inputs: Vec<Input>,
    /// Names the act, so that the same form sent twice changes nothing.
    pub(crate) token: String,
    /// Whether pressing the button is all there is to do.
    pub(crate) is_direct: bool,
    pub(crate) is_open: bool,
    pub(crate) problem: Option<String>,
}

/// The acts that pages offer, the usual ones first. Submitting and settling are done where the words are written: on the phone.
const ORDER: [A; 34] = [
    A::Accept,
    A::Approve,
    A::Dispatch,
    A::Sign,
    A::FeedBack,
    A::Close,
    A::TakeOn,
    A::Confirm,
    A::Resume,
    A::AnswerCheck,
    A::Answer,
    A::GrantTime,
    A::Classify,
    A::Return,
    A::Rework,
    A::HandBack,
    A::AskTime,
    A::PassUp,
    A::SendDown,
    A::Check,
    A::Ask,
    A::CallBack,
    A::Recheck,
    A::Urge,
    A::Whistle,
    A::ListForSupervision,
    A::StrikeOff,
    A::Remark,
    A::Hold,
    A::Merge,
    A::Split,
    A::Reopen,
    A::Withdraw,
    A::Void,
];

/// The most workers to choose from for a check.
const WORKERS_MAX: usize = 40;

/// The key of an act: one letter each.
pub(crate) fn key_of(kind: A) -> Option<char> {
    Some(match kind {
        A::Accept => 'A',
        A::Approve => 'Y',
        A::Return => 'R',
        A::Classify => 'C',
        A::Dispatch => 'D',
        A::Sign => 'S',
        A::FeedBack => 'F',
        A::Close => 'E',
        A::Rework => 'B',
        A::TakeOn => 'T',
        A::PassUp => 'P',
        A::SendDown => 'L',
        A::Merge => 'M',
        A::Split => 'X',
        A::Hold => 'H',
        A::Urge => 'U',
        A::Whistle => 'W',
        A::Check => 'V',
        A::Ask => 'Q',
        A::Remark => 'N',
        A::CallBack => 'G',
        A::HandBack => 'Z',
        A::Resume => 'O',
        A::GrantTime | A::AskTime => 'I',
        _ => return None,
    })
}

fn tone(kind: A, state: State) -> &'static str {
    match kind {
        // Closing without handling is the exception.
        A::Close if state != State::FedBack => "plain",
        A::Accept | A::Approve | A::Dispatch | A::Sign | A::FeedBack | A::Close | A::Resume => "main",
        A::Void | A::Withdraw | A::Merge => "grave",
        _ => "plain",
    }
}

fn is_direct(kind: A) -> bool {
    matches!(
        kind,
        A::Accept | A::Approve | A::TakeOn | A::Resume | A::Urge | A::ListForSupervision | A::StrikeOff
    )
}

/// Whether the act asks for a reason in the matter's state.
pub(crate) fn needs_reason(kind: A, matter: &Matter) -> bool {
    let mut rules = RULES
        .iter()
        .filter(|rule| rule.kind == kind && rule.from.contains(&matter.state));
    rules.any(|rule| rule.reason == xunge_core::workflow::Excuse::Needed)
}

/// The forms of a report's page.
pub(crate) fn forms(desk: &Desk, loaded: &Loaded, attempt: Option<&Attempt>) -> Vec<ActForm> {
    let Some(matter) = &loaded.story.matter else {
        return Vec::new();
    };
    let is_offered = |kind: &&A| {
        let is_tried = attempt.is_some_and(|attempt| attempt.kind == **kind);
        loaded.offer.acts.contains(kind) || is_tried
    };
    let form = |kind: &A| {
        let tried = attempt.filter(|attempt| attempt.kind == *kind);
        let builder = Builder {
            desk,
            loaded,
            matter,
            names: desk.names(),
            filler: Filler {
                optional: desk.lang.words().optional,
                typed: tried.map(|attempt| &attempt.fields),
                today: desk
                    .now
                    .day_in(desk.moments(Some(&loaded.story.feed)).zone)
                    .to_string(),
            },
        };
        let inputs = builder.inputs(*kind);
        ActForm {
            slug: kind.as_str(),
            name: desk.lang.pick(action_words(*kind)),
            key: key_of(*kind),
            tone: tone(*kind, matter.state),
            token: token(),
            // Closing what was fed back asks for nothing; closing without handling asks why.
            is_direct: is_direct(*kind) || (*kind == A::Close && inputs.is_empty()),
            inputs,
            is_open: tried.is_some(),
            problem: tried.map(|attempt| attempt.problem.clone()),
        }
    };
    ORDER.iter().filter(is_offered).map(form).collect()
}

/// A fresh name for an act.
pub(crate) fn token() -> String {
    let secret = random_secret();
    CommandId::from_slice(&hex::decode(&secret[..32]).unwrap_or_default())
        .map_or(secret[..32].to_owned(), |id| id.to_string())
}

struct Builder<'a> {
    desk: &'a Desk,
    loaded: &'a Loaded,
    matter: &'a Matter,
    names: Names,
    filler: Filler<'a>,
}

impl Builder<'_> {
    fn inputs(&self, kind: A) -> Vec<Input> {
        let (w, fill) = (self.desk.lang.words(), &self.filler);
        let mut inputs = match kind {
            A::Classify => self.classify(),
            A::Dispatch => vec![
                fill.pick("lead", w.in_lead, None, self.departments(true)),
                fill.ticks("assist", w.in_assist, self.departments(false)),
                fill.day("due", w.in_due, false),
                fill.text("text", w.in_text, false),
            ],
            A::Sign => vec![self.unit(kind)],
            A::FeedBack => vec![self.unit(kind), fill.text("text", w.in_done, true)],
            A::AskTime => vec![self.unit(kind), fill.day("until", w.in_until, true)],
            A::GrantTime => self.grant_time(),
            A::HandBack => vec![
                self.unit(kind),
                fill.pick(
                    "proposal",
                    w.in_proposal,
                    Some(w.in_unknown),
                    self.departments(false),
                ),
            ],
            A::PassUp => vec![fill.pick("to", w.in_level, None, self.levels())],
            A::SendDown => vec![fill.pick("to", w.in_below, None, self.below())],
            A::Hold => vec![fill.day("until", w.in_look_again, true)],
            A::Merge => vec![fill.line("into", w.in_merge)],
            A::Split => vec![fill.line("into", w.in_split)],
            A::Whistle => vec![
                fill.ticks("units", w.in_units, self.departments(false)),
                fill.text("text", w.in_text, false),
            ],
            A::Check => vec![
                fill.pick("who", w.in_who, None, self.workers()),
                fill.text("text", w.in_text, false),
            ],
            A::AnswerCheck | A::CallBack | A::Recheck => vec![
                fill.pick(
                    "verdict",
                    w.in_verdict,
                    None,
                    words::verdicts(self.desk.lang, kind),
                ),
                fill.text("text", w.in_text, false),
            ],
            A::Ask => vec![fill.text("text", w.in_question, true)],
            A::Answer => vec![fill.text("text", w.in_answer, true)],
            A::Remark => vec![fill.text("text", w.in_remark, true)],
            A::Withdraw => self.last_step(),
            A::Confirm => vec![fill.pick("proposal", w.in_proposed, None, self.proposals())],
            _ => Vec::new(),
        };
        self.say(kind, &mut inputs);
        inputs.extend(self.reasons(kind));
        inputs
    }

    /// Sentences to choose from before the words, where people say the same often. One of both is enough; which is checked when it is sent.
    fn say(&self, kind: A, inputs: &mut Vec<Input>) {
        let sentences = self.desk.sentences(kind);
        let place = inputs.iter().position(|input| input.name == "text");
        let (Some(place), false) = (place, sentences.is_empty()) else {
            return;
        };
        if inputs[place].is_required {
            inputs[place].is_required = false;
            inputs[place].hint = self.desk.lang.words().in_either;
        }
        let label = self.desk.lang.room().phrase_text;
        let first = Some(self.desk.lang.words().in_no_phrase);
        inputs.insert(place, self.filler.pick("say", label, first, sentences));
    }

    /// A phrase and words for a reason, where the act asks for one.
    fn reasons(&self, kind: A) -> Vec<Input> {
        let (w, fill) = (self.desk.lang.words(), &self.filler);
        let is_answer = kind == A::GrantTime;
        if !needs_reason(kind, self.matter) && !is_answer {
            return Vec::new();
        }
        let phrases = words::phrases(self.desk.lang, kind);
        if phrases.is_empty() && !is_answer {
            return vec![fill.text("reason", w.in_reason, true)];
        }
        let either = |input: Input| Input {
            hint: if is_answer { w.in_if_refused } else { w.in_either },
            ..input
        };
        let phrase = (!phrases.is_empty())
            .then(|| either(fill.pick("phrase", w.in_phrase, Some(w.in_no_phrase), phrases)));
        let reason = either(fill.text("reason", w.in_reason, false));
        phrase.into_iter().chain([reason]).collect()
    }

    fn classify(&self) -> Vec<Input> {
        let (w, fill, lang) = (self.desk.lang.words(), &self.filler, self.desk.lang);
        let keep = |now: &str| w.in_keep.replace("{x}", now);
        let directory = &self.desk.directory;
        let kinds = directory
            .categories_offered(self.desk.now)
            .into_iter()
            .map(|kind| {
                let class = directory.category_class(&kind.id, self.desk.now);
                let class = class.filter(|class| class.id != kind.id);
                let name = class.map_or(kind.name.clone(), |c| format!("{} / {}", c.name, kind.name));
                (kind.id.to_string(), name)
            });
        let grids = directory.grids_under(&self.loaded.story.feed, self.desk.now);
        let grids = grids.iter().map(|grid| (grid.to_string(), self.names.unit(grid)));
        let category = self.names.category(&self.matter.category);
        let grid = self.names.unit(&self.matter.grid);
        let urgency = match self.matter.urgency {
            xunge_core::command::Urgency::Urgent => w.urgent,
            xunge_core::command::Urgency::Normal => w.normal,
        };
        let urgencies = [("normal", w.normal), ("urgent", w.urgent)];
        let pair = |(value, text): (&str, &str)| (value.to_owned(), text.to_owned());
        vec![
            fill.pick(
                "category",
                w.fact_category,
                Some(&keep(&category)),
                kinds.collect(),
            ),
            fill.pick("grid", w.fact_grid, Some(&keep(&grid)), grids.collect()),
            fill.pick(
                "urgency",
                w.fact_urgency,
                Some(&keep(urgency)),
                urgencies.map(pair).to_vec(),
            ),
            self.risk(fill.pick("risk", w.fact_risk, Some(w.in_unchanged), words::risks(lang))),
            self.level(fill.pick(
                "level",
                self.desk.lang.board().ex_level,
                Some(w.in_unchanged),
                words::levels(lang),
            )),
            fill.pick(
                "department",
                w.fact_department,
                Some(w.in_unchanged),
                self.departments(false),
            ),
        ]
    }

    /// The unit that acts: one of those for which the person may.
    fn unit(&self, kind: A) -> Input {
        let units = self.loaded.offer.units.get(&kind).cloned().unwrap_or_default();
        let list = units.iter().map(|unit| (unit.to_string(), self.unit_name(unit)));
        self.filler
            .pick("unit", self.desk.lang.words().in_unit, None, list.collect())
    }

    /// A unit's name, marked where the room acts for it.
    fn unit_name(&self, unit: &UnitId) -> String {
        let known = self.desk.directory.last_known_unit(unit, self.desk.now);
        let name = self.names.unit(unit);
        match known.is_some_and(|unit| !unit.has_accounts) {
            true => format!("{name}{}", self.desk.lang.words().on_behalf),
            false => name,
        }
    }

    /// Departments to turn to; the usual one of the category first where asked.
    fn departments(&self, is_usual_first: bool) -> Vec<(String, String)> {
        let directory = &self.desk.directory;
        let mut found: Vec<&xunge_core::directory::Unit> =
            directory.departments_for(&self.loaded.story.feed, self.desk.now);
        if is_usual_first {
            let category = directory.category_current(&self.matter.category, self.desk.now);
            let said = self.matter.classification.department.clone();
            let route = self.loaded.beside.route.as_ref();
            let proposed = route.and_then(|route| route.department.as_ref());
            let proposed = proposed.map(|chosen| chosen.value.clone());
            let usual = said.or(proposed).or_else(|| category?.department.clone());
            found.sort_by_key(|unit| Some(&unit.id) != usual.as_ref());
        }
        let w = self.desk.lang.words();
        let name = |unit: &&xunge_core::directory::Unit| {
            let mark = if unit.has_accounts { "" } else { w.no_accounts };
            (unit.id.to_string(), format!("{}{mark}", unit.name))
        };
        found.iter().map(name).collect()
    }

    fn levels(&self) -> Vec<(String, String)> {
        let level = |level: &Level| {
            let name = self.desk.lang.pick(level_words(*level));
            (words::level_name(*level).to_owned(), name.to_owned())
        };
        self.loaded.offer.levels_above.iter().map(level).collect()
    }

    /// Where a matter can be sent down: to the grid's chief or its village; from the county to the township.
    fn below(&self) -> Vec<(String, String)> {
        let path = self.desk.directory.path(&self.matter.grid, self.desk.now);
        let fits = |kind: UnitKind| match self.matter.level {
            Level::County => kind == UnitKind::Township,
            _ => kind == UnitKind::Village || kind.is_grid(),
        };
        let units = path.into_iter().filter(|unit| fits(unit.kind));
        units
            .map(|unit| (unit.id.to_string(), unit.name.clone()))
            .collect()
    }

    /// Who could look: who is on patrol near by first, then workers of the grid, of its village, and the others; never the reporter.
    fn workers(&self) -> Vec<(String, String)> {
        let r = self.desk.lang.room();
        let name = |worker: &crate::service::NearWorker| {
            let patrol = match (worker.distance_m, worker.heard_at) {
                (Some(metres), _) => format!(" · {}", r.near_patrol.replace("{n}", &format!("{metres:.0}"))),
                (None, Some(_)) => format!(" · {}", r.near_on),
                (None, None) => String::new(),
            };
            let (person, grid) = (self.names.person(&worker.person), self.names.unit(&worker.grid));
            (worker.person.to_string(), format!("{person} · {grid}{patrol}"))
        };
        self.loaded
            .beside
            .near
            .iter()
            .take(WORKERS_MAX)
            .map(name)
            .collect()
    }

    fn grant_time(&self) -> Vec<Input> {
        let (w, fill) = (self.desk.lang.words(), &self.filler);
        let asking = self.matter.assignments.iter().filter(|a| a.asked_until.is_some());
        let list = asking.map(|a| (a.unit.to_string(), self.names.unit(&a.unit)));
        let answers = vec![
            ("yes".to_owned(), w.in_grant_yes.to_owned()),
            ("no".to_owned(), w.in_grant_no.to_owned()),
        ];
        vec![
            fill.pick("unit", w.in_unit, None, list.collect()),
            fill.pick("grant", w.in_grant, None, answers),
            fill.day("until", w.in_until, false),
        ]
    }

    fn proposals(&self) -> Vec<(String, String)> {
        let proposal = |p: &xunge_core::workflow::ProposalState| {
            let what = self.desk.lang.pick(action_words(p.command.action.kind()));
            let colon = self.desk.lang.words().colon;
            let text = format!("{}{colon}{what}", self.names.person(&p.command.by));
            (p.command.id.to_string(), text)
        };
        self.matter.proposals.iter().map(proposal).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_act_but_those_of_phones_and_of_the_server_has_its_place_and_no_key_is_used_twice() {
        let placed: BTreeSet<A> = ORDER.into_iter().collect();
        let elsewhere = [A::Submit, A::Settle, A::PassBy];
        for kind in A::ALL {
            assert_ne!(placed.contains(kind), elsewhere.contains(kind), "{kind:?}");
        }
        let mut keys: Vec<char> = ORDER.iter().filter_map(|kind| key_of(*kind)).collect();
        keys.sort_unstable();
        // The room answers about time, a unit asks for it: nobody does both to one report.
        let doubled: Vec<_> = keys.windows(2).filter(|two| two[0] == two[1]).collect();
        assert_eq!(doubled, [['I', 'I']]);
    }
}
