//! Addresses of pages: a path and what is asked of it, so that every filter is a link.

use super::dress::percent;

/// An address under work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Address {
    path: &'static str,
    asked: Vec<(&'static str, String)>,
}

impl Address {
    /// An address that asks for nothing.
    pub(crate) fn new(path: &'static str) -> Self {
        Self {
            path,
            asked: Vec::new(),
        }
    }

    /// The same with another value; an empty one leaves the name out.
    pub(crate) fn with(&self, name: &'static str, value: impl Into<String>) -> Self {
        let (mut address, value) = (self.clone(), value.into());
        address.asked.retain(|(known, _)| *known != name);
        if !value.is_empty() {
            address.asked.push((name, value));
        }
        address
    }

    /// The same question to another page.
    pub(crate) fn at(&self, path: &'static str) -> Self {
        Self { path, ..self.clone() }
    }

    /// As it stands in a link.
    pub(crate) fn href(&self) -> String {
        let parts: Vec<String> = self
            .asked
            .iter()
            .map(|(name, value)| format!("{name}={}", percent(value)))
            .collect();
        match parts.is_empty() {
            true => self.path.to_owned(),
            false => format!("{}?{}", self.path, parts.join("&")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_each_thing_once_and_leaves_out_what_is_empty() {
        let page = Address::new("/console/coverage").with("period", "2026-W47");
        let other = page.with("unit", "村一").with("period", "2026-11");
        assert_eq!(
            other.href(),
            "/console/coverage?unit=%E6%9D%91%E4%B8%80&period=2026-11"
        );
        assert_eq!(
            other.with("unit", "").with("period", "").href(),
            "/console/coverage"
        );
    }
}
