//! The fields of a form, as data: one template draws them all.

use super::super::form::Fields;

/// One field.
pub(crate) struct Input {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) is_required: bool,
    /// What stands in small letters behind the label.
    pub(crate) hint: &'static str,
    pub(crate) control: Control,
}

/// How a field is filled in.
pub(crate) enum Control {
    /// Several lines.
    Text { rows: u8, value: String },
    /// One line.
    Line { value: String },
    /// A day.
    Day { value: String, least: String },
    /// One of several.
    Pick { options: Vec<Opt> },
    /// Any of several.
    Ticks { options: Vec<Opt> },
    /// Nothing to choose: only said.
    Hidden { value: String, text: String },
}

/// Something to choose.
#[derive(Clone)]
pub(crate) struct Opt {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) is_chosen: bool,
}

/// Makes fields, filled with what was typed before.
pub(crate) struct Filler<'a> {
    pub(crate) typed: Option<&'a Fields>,
    /// The day before which no deadline lies.
    pub(crate) today: String,
    /// How a field is marked that may stay empty.
    pub(crate) optional: &'static str,
}

impl Filler<'_> {
    fn hint(&self, is_required: bool) -> &'static str {
        if is_required { "" } else { self.optional }
    }

    fn value(&self, name: &str) -> String {
        let typed = self.typed.and_then(|fields| fields.get(name));
        typed.unwrap_or_default().to_owned()
    }

    /// Several lines.
    pub(crate) fn text(&self, name: &'static str, label: &str, is_required: bool) -> Input {
        Input {
            name,
            label: label.to_owned(),
            is_required,
            hint: self.hint(is_required),
            control: Control::Text {
                rows: 3,
                value: self.value(name),
            },
        }
    }

    /// One line.
    pub(crate) fn line(&self, name: &'static str, label: &str) -> Input {
        Input {
            name,
            label: label.to_owned(),
            is_required: true,
            hint: "",
            control: Control::Line {
                value: self.value(name),
            },
        }
    }

    /// A day from today on.
    pub(crate) fn day(&self, name: &'static str, label: &str, is_required: bool) -> Input {
        Input {
            name,
            label: label.to_owned(),
            is_required,
            hint: self.hint(is_required),
            control: Control::Day {
                value: self.value(name),
                least: self.today.clone(),
            },
        }
    }

    /// One of several; of a single one there is nothing to choose. Without `first`, nothing may stay chosen.
    pub(crate) fn pick(
        &self,
        name: &'static str,
        label: &str,
        first: Option<&str>,
        list: Vec<(String, String)>,
    ) -> Input {
        let mut list = list;
        if let (None, [(value, text)]) = (first, list.as_slice()) {
            let (value, text) = (value.clone(), text.clone());
            return Input {
                name,
                label: label.to_owned(),
                is_required: true,
                hint: "",
                control: Control::Hidden { value, text },
            };
        }
        if let Some(first) = first {
            list.insert(0, (String::new(), first.to_owned()));
        }
        let typed = self.value(name);
        let option = |(value, text): (String, String)| Opt {
            is_chosen: !typed.is_empty() && typed == value,
            value,
            text,
        };
        Input {
            name,
            label: label.to_owned(),
            is_required: first.is_none(),
            hint: self.hint(first.is_none()),
            control: Control::Pick {
                options: list.into_iter().map(option).collect(),
            },
        }
    }

    /// Any of several.
    pub(crate) fn ticks(&self, name: &'static str, label: &str, list: Vec<(String, String)>) -> Input {
        let typed: Vec<&str> = self.typed.map_or(Vec::new(), |fields| fields.all(name));
        let option = |(value, text): (String, String)| Opt {
            is_chosen: typed.contains(&value.as_str()),
            value,
            text,
        };
        Input {
            name,
            label: label.to_owned(),
            is_required: false,
            hint: "",
            control: Control::Ticks {
                options: list.into_iter().map(option).collect(),
            },
        }
    }
}
