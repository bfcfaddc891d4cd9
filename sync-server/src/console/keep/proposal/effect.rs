//! What a change means for whom, in words.

use std::collections::BTreeSet;
use std::sync::Arc;

use xunge_core::directory::Role;
use xunge_core::id::UnitId;

use crate::console::desk::Desk;
use crate::console::names::Names;
use crate::console::words;
use crate::service::{Effects, Overlap, PersonEffect, PlaceEffect, ReportChange, ReportEffect, RuleEffect};

/// Lines of a list that are shown.
const SHOWN: usize = 100;

/// A line: who or what, a link where there is one, and what happens.
pub(super) struct EffectLine {
    pub(super) name: String,
    pub(super) code: String,
    pub(super) href: String,
    pub(super) said: Vec<String>,
}

/// A part of what happens: its heading and its lines.
pub(super) struct Part {
    pub(super) title: String,
    pub(super) lines: Vec<EffectLine>,
    pub(super) cut: Option<String>,
    pub(super) is_warning: bool,
}

/// What the page says of a change.
pub(super) struct EffectsView {
    pub(super) at: String,
    pub(super) parts: Vec<Part>,
    pub(super) is_none: bool,
    pub(super) is_cut: bool,
}

struct Teller<'a> {
    desk: &'a Desk,
    names: Names,
}

fn counted(text: &str, n: usize) -> String {
    text.replace("{n}", &n.to_string())
}

/// A part of what happens; `None` where nothing does.
fn part(desk: &Desk, title: String, mut lines: Vec<EffectLine>) -> Option<Part> {
    let is_cut = lines.len() > SHOWN;
    lines.truncate(SHOWN);
    (!lines.is_empty()).then(|| Part {
        title,
        lines,
        cut: is_cut.then(|| counted(desk.lang.keep().changes_cut, SHOWN)),
        is_warning: false,
    })
}

/// Everything in words.
pub(super) fn effects_view(desk: &Desk, effects: &Effects) -> EffectsView {
    let k = desk.lang.keep();
    let teller = Teller {
        desk,
        names: Names {
            directory: Arc::clone(&effects.directory),
            lang: desk.lang,
            now: effects.at,
        },
    };
    let people = effects.people.iter();
    let people = people.map(|(id, effect)| teller.person(&teller.names.person(id), effect));
    let reports = counted(k.effect_reports, effects.reports.len())
        .replace("{m}", &effects.reports_looked_at.to_string());
    let overlaps = effects.overlaps.iter().map(|overlap| teller.overlap(overlap));
    let all = [
        part(
            desk,
            counted(k.effect_overlaps, effects.overlaps.len()),
            overlaps.collect(),
        ),
        part(
            desk,
            counted(k.effect_people, effects.people.len()),
            people.collect(),
        ),
        part(
            desk,
            reports,
            effects.reports.iter().map(|r| teller.report(r)).collect(),
        ),
        part(
            desk,
            counted(k.effect_places, effects.places.len()),
            effects.places.iter().map(|place| teller.place(place)).collect(),
        ),
        part(
            desk,
            counted(k.effect_rules, effects.rules.len()),
            effects.rules.iter().map(|rule| teller.rule(rule)).collect(),
        ),
    ];
    let mut parts: Vec<Part> = all.into_iter().flatten().collect();
    if let (Some(first), false) = (parts.first_mut(), effects.overlaps.is_empty()) {
        first.is_warning = true;
    }
    EffectsView {
        at: k
            .effects_at
            .replace("{t}", &desk.moments(None).at(effects.at).full),
        is_none: parts.is_empty(),
        is_cut: effects.is_cut,
        parts,
    }
}

impl Teller<'_> {
    fn units<'u>(&self, units: impl IntoIterator<Item = &'u UnitId>) -> String {
        let names: Vec<String> = units.into_iter().map(|unit| self.names.unit(unit)).collect();
        match names.is_empty() {
            true => self.desk.lang.keep().no_grid.to_owned(),
            false => names.join(self.desk.lang.words().listing),
        }
    }

    fn posts(&self, text: &str, posts: &[(UnitId, Role)]) -> Option<String> {
        let name = |(unit, role): &(UnitId, Role)| {
            format!(
                "{} · {}",
                self.names.unit(unit),
                words::role(self.desk.lang, *role)
            )
        };
        let all: Vec<String> = posts.iter().map(name).collect();
        let said = all.join(self.desk.lang.words().listing);
        (!all.is_empty()).then(|| text.replace("{x}", &said))
    }

    fn grids(&self, text: &str, grids: &BTreeSet<UnitId>) -> Option<String> {
        (!grids.is_empty()).then(|| text.replace("{x}", &self.units(grids)))
    }

    fn person(&self, name: &str, effect: &PersonEffect) -> EffectLine {
        let k = self.desk.lang.keep();
        let said = [
            self.posts(k.post_begins, &effect.posts_begun),
            self.posts(k.post_ends, &effect.posts_ended),
            self.grids(k.sees_more, &effect.grids_gained),
            self.grids(k.sees_less, &effect.grids_lost),
        ];
        EffectLine {
            name: name.to_owned(),
            code: String::new(),
            href: String::new(),
            said: said.into_iter().flatten().collect(),
        }
    }

    fn report(&self, effect: &ReportEffect) -> EffectLine {
        let k = self.desk.lang.keep();
        let grid = || {
            effect
                .grid
                .as_ref()
                .map_or(String::new(), |grid| self.names.unit(grid))
        };
        let people = |all: &[xunge_core::id::PersonId]| {
            let names: Vec<String> = all.iter().map(|person| self.names.person(person)).collect();
            match names.is_empty() {
                true => k.nobody.to_owned(),
                false => names.join(self.desk.lang.words().listing),
            }
        };
        let said = effect.changes.iter().map(|change| match change {
            ReportChange::GridEnds => k.grid_ends.replace("{x}", &grid()),
            ReportChange::Ground { before, after } => k
                .ground_moves
                .replace("{a}", &self.units(before))
                .replace("{b}", &self.units(after))
                .replace("{g}", &grid()),
            ReportChange::Hands { before, after } => k
                .hands_move
                .replace("{a}", &people(before))
                .replace("{b}", &people(after)),
        });
        EffectLine {
            name: effect.title.clone(),
            code: effect.code.clone(),
            href: format!("/console/reports/{}", effect.report),
            said: said.collect(),
        }
    }

    fn place(&self, effect: &PlaceEffect) -> EffectLine {
        let k = self.desk.lang.keep();
        let unit = |unit: &UnitId| self.names.unit(unit);
        let said = match (&effect.before, &effect.after) {
            (Some(before), Some(after)) if before == after => k
                .place_stays
                .replace("{g}", &unit(after))
                .replace("{b}", &self.units(&effect.lies_in)),
            (Some(before), Some(after)) => k
                .place_moves
                .replace("{a}", &unit(before))
                .replace("{b}", &unit(after)),
            (None, Some(after)) => k.place_new.replace("{b}", &unit(after)),
            (Some(before), None) => k.place_ends.replace("{a}", &unit(before)),
            (None, None) => String::new(),
        };
        EffectLine {
            name: effect.name.clone(),
            code: String::new(),
            href: String::new(),
            said: vec![said],
        }
    }

    fn overlap(&self, overlap: &Overlap) -> EffectLine {
        let text = self.desk.lang.keep().overlap_line;
        EffectLine {
            name: String::new(),
            code: String::new(),
            href: String::new(),
            said: vec![
                text.replace("{a}", &self.names.unit(&overlap.one))
                    .replace("{b}", &self.names.unit(&overlap.other))
                    .replace("{n}", &format!("{:.0}", overlap.shared_m2)),
            ],
        }
    }

    fn rule(&self, effect: &RuleEffect) -> EffectLine {
        let k = self.desk.lang.keep();
        let said = [
            effect.is_changed.then(|| k.rule_differs.to_owned()),
            self.grids(k.rule_more, &effect.grids_gained),
            self.grids(k.rule_less, &effect.grids_lost),
        ];
        EffectLine {
            name: effect.name.clone(),
            code: effect.rule.clone(),
            href: String::new(),
            said: said.into_iter().flatten().collect(),
        }
    }
}
