//! One field of a form as a page draws it.

use xunge_core::directory::UnitKind;
use xunge_core::id::UnitId;

use super::{kept_units, limits};
use crate::console::desk::Desk;
use crate::console::lang::Lang;
use crate::console::names::Names;
use crate::console::words::hand::{Input, Shape};
use crate::import::ImportKind;
use crate::import::by_hand::Field;

/// An entry of a list to choose from.
pub(crate) struct Entry {
    /// What is sent.
    pub(crate) value: String,
    /// What is read.
    pub(crate) text: String,
    /// Whether it is chosen.
    pub(crate) is_chosen: bool,
}

/// A field as the page draws it.
pub(crate) struct FieldView {
    /// Its name in the form.
    pub(crate) name: String,
    /// Its label.
    pub(crate) label: &'static str,
    /// What helps; empty for nothing.
    pub(crate) hint: &'static str,
    /// What stands in it.
    pub(crate) value: String,
    /// `text`, `number`, `date`, `tel`, `long`, `choice` or `many`.
    pub(crate) kind: &'static str,
    /// What may be chosen.
    pub(crate) entries: Vec<Entry>,
    /// Whether it must be filled in.
    pub(crate) is_needed: bool,
    /// Whether it stands as it is.
    pub(crate) is_fixed: bool,
    /// What is wrong with it; empty for nothing.
    pub(crate) problem: String,
}

impl FieldView {
    /// What is chosen, in words.
    pub(crate) fn chosen(&self) -> &str {
        let chosen = self.entries.iter().find(|entry| entry.is_chosen);
        chosen.map_or(self.value.as_str(), |entry| entry.text.as_str())
    }
}

/// What may be chosen in the lists of a form.
pub(crate) struct Options {
    lang: Lang,
    names: Names,
    units: Vec<(UnitId, String, UnitKind)>,
    categories: Vec<(String, String)>,
}

impl Options {
    /// What this administrator may choose from.
    pub(crate) fn of(desk: &Desk) -> Self {
        let own = kept_units(desk);
        let named = |unit: &&xunge_core::directory::Unit| (unit.id.clone(), unit.name.clone(), unit.kind);
        let mut units: Vec<_> = own.iter().map(named).collect();
        // Departments of the county may be named by its townships.
        for feed in &desk.feeds {
            for unit in desk.directory.departments_for(feed, desk.now) {
                if units.iter().all(|(id, ..)| *id != unit.id) {
                    units.push((unit.id.clone(), unit.name.clone(), unit.kind));
                }
            }
        }
        Self {
            lang: desk.lang,
            names: desk.names(),
            units,
            categories: limits::categories_of(desk),
        }
    }

    /// Units that may take over from one that ends.
    pub(crate) fn successors(&self, kind: ImportKind, key: &str) -> Vec<(String, String)> {
        let own = self.units.iter().find(|(id, ..)| id.as_str() == key);
        let Some((_, _, own)) = own.filter(|_| kind == ImportKind::Units) else {
            return Vec::new();
        };
        let is_like = |other: UnitKind| other == *own || other.is_grid() && own.is_grid();
        let others = self
            .units
            .iter()
            .filter(|(id, _, kind)| id.as_str() != key && is_like(*kind));
        others
            .map(|(id, name, _)| (id.to_string(), name.clone()))
            .collect()
    }

    /// What stands in a record and is not among what may be chosen: a unit above those that he keeps, say.
    fn name_of(&self, input: Input, value: &str) -> String {
        let code = || value.to_owned();
        match input {
            Input::Unit | Input::Grid | Input::Department => {
                value.parse().map_or_else(|_| code(), |id| self.names.unit(&id))
            }
            Input::Category => value
                .parse()
                .map_or_else(|_| code(), |id| self.names.category(&id)),
            _ => code(),
        }
    }

    /// How a field is drawn, and what may be chosen in it.
    fn listed(&self, input: Input) -> (&'static str, Vec<(String, String)>) {
        let lang = self.lang;
        match input {
            Input::Code | Input::Text | Input::Within | Input::Stages => ("text", Vec::new()),
            Input::CategoryStages => ("long", Vec::new()),
            Input::Telephone => ("tel", Vec::new()),
            Input::Number => ("number", Vec::new()),
            Input::Day => ("date", Vec::new()),
            Input::YesNo => {
                let w = lang.words();
                let both = [("yes", w.yes), ("no", w.no)];
                let listed = both.map(|(value, text)| (value.to_owned(), text.to_owned()));
                ("choice", listed.to_vec())
            }
            Input::Choice(choices) => {
                let all = choices
                    .iter()
                    .map(|(value, words)| ((*value).to_owned(), lang.pick(*words).to_owned()));
                ("choice", all.collect())
            }
            Input::Unit => ("choice", self.units(|_| true)),
            Input::Grid => ("choice", self.units(UnitKind::is_grid)),
            Input::Department => ("choice", self.units(|kind| kind == UnitKind::Department)),
            Input::Category => ("choice", self.categories.clone()),
            Input::Units => ("many", self.units(|_| true)),
            Input::Categories => ("many", self.categories.clone()),
        }
    }

    fn units(&self, is_wanted: impl Fn(UnitKind) -> bool) -> Vec<(String, String)> {
        let wanted = self.units.iter().filter(|(_, _, kind)| is_wanted(*kind));
        wanted
            .map(|(id, name, _)| (id.to_string(), name.clone()))
            .collect()
    }
}

/// The field of a shape with what stands in it.
pub(crate) fn field_view(
    shape: &Shape,
    prefix: &str,
    line: &[Field],
    options: &Options,
    problem: String,
) -> FieldView {
    let lang = options.lang;
    let value = line.iter().find(|(name, _)| *name == shape.name);
    let value = value.map(|(_, value)| value.as_str()).unwrap_or_default();
    let value = limits::shown(lang, &options.categories, shape, value);
    let none = || (String::new(), lang.keep().none_chosen.to_owned());
    let (kind, mut listed) = options.listed(shape.input);
    let is_yes_no = shape.input == Input::YesNo;
    if kind == "choice" && !shape.is_needed && !is_yes_no {
        listed.insert(0, none());
    }
    // What stands in a record stays to be chosen, known or not.
    if kind == "choice" && !value.is_empty() && listed.iter().all(|(known, _)| *known != value) {
        listed.push((value.clone(), options.name_of(shape.input, &value)));
    }
    let chosen: Vec<&str> = match kind {
        "many" => value.split('、').collect(),
        _ => vec![value.as_str()],
    };
    // A kind is offered and a rule in use unless somebody says otherwise.
    let is_default = |entry: &str| {
        value.is_empty()
            && is_yes_no
            && entry
                == if matches!(shape.name, "is_offered" | "is_on" | "has_accounts") {
                    "yes"
                } else {
                    "no"
                }
    };
    let entries = listed.into_iter().map(|(entry, text)| Entry {
        is_chosen: chosen.contains(&entry.as_str()) || is_default(&entry),
        value: entry,
        text,
    });
    FieldView {
        name: format!("{prefix}{}", shape.name),
        label: lang.pick(shape.label),
        hint: lang.pick(shape.hint),
        kind,
        entries: entries.collect(),
        is_needed: shape.is_needed,
        is_fixed: false,
        problem,
        value,
    }
}
