//! A browser without JavaScript: keeps cookies, reads forms out of pages and sends them with what was typed.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use xunge_core::directory::{DirectoryRecord, Person, Post, PostKind, Role, Unit, UnitKind};
use xunge_core::time::Timestamp;
use xunge_server::auth::hash_password;
use xunge_server::service::{Account, DirectoryChange};

use super::client::{Reply, send};
use super::town::{OPERATOR, Town};

/// The password of every account.
pub(crate) const PASSWORD: &str = "four unrelated words here";

/// Somebody's browser.
pub(crate) struct Browser {
    at: SocketAddr,
    cookies: BTreeMap<String, String>,
}

/// A form as it stands on a page.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    /// Types into a field, or chooses.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(key, _)| key != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

impl Browser {
    /// A browser that nobody has signed in with.
    pub(crate) fn new(town: &Town) -> Self {
        Self {
            at: town.at,
            cookies: BTreeMap::new(),
        }
    }

    /// A browser in which an account has signed in.
    pub(crate) fn signed_in(town: &Town, account: &str) -> Self {
        let mut browser = Self::new(town);
        let reply = browser.log_in(account, PASSWORD, "/console");
        assert_eq!(reply.status, 303, "{}", page(&reply));
        browser
    }

    pub(crate) fn log_in(&mut self, account: &str, password: &str, next: &str) -> Reply {
        let fields = [("name", account), ("password", password), ("next", next)];
        self.post("/console/login", &fields)
    }

    pub(crate) fn get(&mut self, path: &str) -> Reply {
        self.ask("GET", path, &[], b"")
    }

    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.post_with(path, fields, &[])
    }

    pub(crate) fn post_with(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Reply {
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
            .collect();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.ask("POST", path, &all, pairs.join("&").as_bytes())
    }

    /// Sends a body as it is.
    pub(crate) fn post_raw(&mut self, path: &str, media_type: &str, body: &[u8]) -> Reply {
        self.ask("POST", path, &[("content-type", media_type)], body)
    }

    /// Sends a form.
    pub(crate) fn send(&mut self, form: &Form) -> Reply {
        let fields: Vec<(&str, &str)> = form
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.post(&form.action, &fields)
    }

    /// The form of an act on a report's page; panics where the page does not offer it.
    pub(crate) fn act(&mut self, report: &str, act: &str) -> Form {
        let reply = self.get(&format!("/console/reports/{report}"));
        let text = page(&reply);
        form(&text, &format!("/acts/{act}")).unwrap_or_else(|| panic!("no {act} on {text}"))
    }

    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn cookie_line(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        pairs.join("; ")
    }

    fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let line = self.cookie_line();
        let mut all = headers.to_vec();
        if !line.is_empty() {
            all.push(("cookie", &line));
        }
        let reply = send(self.at, method, path, &all, body);
        for (name, value) in &reply.headers {
            if name == "set-cookie"
                && let Some((key, rest)) = value.split_once('=')
            {
                let value = rest.split(';').next().unwrap_or_default();
                self.cookies.insert(key.to_owned(), value.to_owned());
            }
        }
        reply
    }
}

/// The text of a page.
pub(crate) fn page(reply: &Reply) -> String {
    String::from_utf8(reply.body.clone()).expect("pages are UTF-8")
}

/// The first form whose action ends so, with its hidden fields, chosen options and texts.
pub(crate) fn form(text: &str, action_end: &str) -> Option<Form> {
    for part in text.split("<form ").skip(1) {
        let body = part.split("</form>").next()?;
        let action = attribute(body, "action")?;
        if action.ends_with(action_end) {
            return Some(Form {
                action,
                fields: fields(body),
            });
        }
    }
    None
}

fn fields(body: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for input in body.split("<input ").skip(1) {
        let tag = input.split('>').next().unwrap_or_default();
        let is_box = attribute(tag, "type").as_deref() == Some("checkbox");
        if let (Some(name), false) = (attribute(tag, "name"), is_box && !tag.contains("checked")) {
            found.push((name, attribute(tag, "value").unwrap_or_default()));
        }
    }
    for select in body.split("<select ").skip(1) {
        let all = select.split("</select>").next().unwrap_or_default();
        let options: Vec<&str> = all.split("<option ").skip(1).collect();
        let chosen = options
            .iter()
            .find(|o| o.split('>').next().is_some_and(|tag| tag.contains("selected")));
        // A list of which several may be chosen begins with none.
        let is_many = select
            .split('>')
            .next()
            .is_some_and(|tag| tag.contains(" multiple"));
        let value = chosen
            .or(options.first().filter(|_| !is_many))
            .and_then(|option| attribute(option, "value"));
        if let (Some(name), Some(value)) = (attribute(select, "name"), value) {
            found.push((name, value));
        }
    }
    for area in body.split("<textarea ").skip(1) {
        let text = area.split('>').nth(1).and_then(|rest| rest.split('<').next());
        if let (Some(name), Some(text)) = (attribute(area, "name"), text) {
            found.push((name, unescaped(text)));
        }
    }
    found
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!("{name}=\""))? + name.len() + 2;
    tag[start..].split('"').next().map(unescaped)
}

fn unescaped(text: &str) -> String {
    text.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Adds everybody that the console knows: a county desk, a supervisor, a department without and with people, a neighbouring township
/// with its clerk; and an account for each, named like the person.
pub(crate) fn people(town: &Town) {
    let unit = |id: &str, kind, parent: &str, has_accounts| {
        DirectoryRecord::Unit(Unit {
            id: id.parse().expect("a code"),
            name: format!("单位{id}"),
            kind,
            parent: Some(parent.parse().expect("a code")),
            boundary: None,
            telephone: Some("0570-5550100".into()),
            has_accounts,
        })
    };
    let mut records = vec![
        unit("T9", UnitKind::Township, "C1", true),
        unit("V9", UnitKind::Village, "T9", true),
        unit("G9", UnitKind::Grid, "V9", true),
        unit("D1", UnitKind::Department, "T1", true),
        unit("D2", UnitKind::Department, "T1", false),
    ];
    let posts = [
        ("k9", Role::Clerk, "T9"),
        ("d1", Role::DepartmentMember, "D1"),
        ("s1", Role::Supervisor, "T1"),
        ("y1", Role::Clerk, "C1"),
        ("v1", Role::Chief, "V1"),
    ];
    for (who, role, at) in posts {
        records.push(DirectoryRecord::Person(Person {
            id: who.parse().expect("a code"),
            name: format!("人员{who}"),
            telephone: Some("19955500001".into()),
        }));
        records.push(DirectoryRecord::Post(Post {
            id: format!("{who}-post").parse().expect("a code"),
            unit: at.parse().expect("a code"),
            role,
            person: who.parse().expect("a code"),
            kind: PostKind::Appointment,
            held_from: Timestamp(0),
            held_to: None,
        }));
    }
    let changes: Vec<DirectoryChange> = records
        .into_iter()
        .map(|record| DirectoryChange {
            record,
            valid_from: Timestamp(0),
            valid_to: None,
        })
        .collect();
    town.service()
        .directory_apply(&OPERATOR, &changes)
        .expect("the directory is good");
    let password_hash = hash_password(PASSWORD, 10).expect("a password");
    for who in ["w1", "w2", "c1", "k1", "k9", "d1", "s1", "y1", "v1"] {
        let account = Account {
            name: who.into(),
            person: who.parse().expect("a code"),
            password_hash: password_hash.clone(),
            is_enabled: true,
            created_at: town.service().now(),
        };
        town.service()
            .account_put(&OPERATOR, &account)
            .expect("an account");
    }
}
