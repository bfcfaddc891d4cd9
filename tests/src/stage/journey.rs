//! The ground on which the bindings' journeys walk, the same for every language: a real server behind a link that can be cut, codes for a
//! worker, a colleague, a chief and a supervisor, codes that are no good, a picture, a voice note, and a port that does what a test cannot.
//!
//! Nothing here knows how a journey goes; each language has its own, and all claim the same.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use xunge_core::id::PersonId;
use xunge_core::time::SystemClock;

use super::ask_for_visits;
use super::control::{self, Control};
use crate::demo::server::{DemoServer, PASSWORD, Problem, fresh_folder, operator};
use crate::proxy::Proxy;
use crate::scene::{Phase, SceneKind, draw, jpeg, voice_note};
use crate::township::{TOWNSHIP, Township, person_id};

/// The kind of report that journeys file.
const CATEGORY: &str = "enforcement.banner";

/// A server, its link and its control port.
pub struct Journey {
    control: Control,
    programme: Value,
}

/// Who is on stage: the name in the programme, the person, what the person is.
const CAST: [(&str, &str); 4] = [
    ("worker", "w01"),
    ("colleague", "w25"),
    ("chief", "c01"),
    ("supervisor", "supervisor"),
];

impl Journey {
    /// Puts everything into `folder`, which is emptied first.
    pub fn set(folder: &Path) -> Result<Self, Problem> {
        let folder = fresh_folder(folder)?;
        let township = Township::new();
        let server = DemoServer::start(&folder.join("server"), "127.0.0.1:0", Arc::new(SystemClock))?;
        server.seed(&township)?;
        ask_for_visits(&township, &server)?;
        let link = Proxy::clean(server.address)?;
        let mut cast = serde_json::Map::new();
        for (part, who) in CAST {
            let code = ticket(&server, &link, &person_id(who), None)?;
            let picture = folder.join(format!("code-{part}.png"));
            write_code(&code, &picture)?;
            let entry = json!({
                "person": who,
                "name": township.name_of(&person_id(who)),
                "code": code,
                "code_png": picture,
            });
            cast.insert(part.to_owned(), entry);
        }
        let grid = &township.grids[0];
        let middle = township.middle_of(grid);
        let programme = json!({
            "url": link.url(),
            "direct_url": server.url(),
            "township": TOWNSHIP,
            "grid": grid,
            "position": { "lat_deg": middle.lat_deg, "lon_deg": middle.lon_deg },
            "category": { "id": CATEGORY, "version": 1 },
            "accounts": { "room": "clerk", "password": PASSWORD },
            "cast": cast,
            "codes": bad_codes(&server, &link)?,
            "files": files(&folder)?,
        });
        Ok(Self {
            control: Control::start(server, link)?,
            programme,
        })
    }

    /// What there is, as one line of JSON.
    pub fn programme(&self) -> String {
        let mut programme = self.programme.clone();
        programme["control"] = json!(self.control.url());
        programme.to_string()
    }

    /// Stops everything.
    pub fn strike(self) {
        self.control.stop();
    }
}

/// A fresh code for a person, which leads over the link.
pub(super) fn ticket(
    server: &DemoServer,
    link: &Proxy,
    person: &PersonId,
    valid_ms: Option<i64>,
) -> Result<String, Problem> {
    let ticket = server.service.enrolment_create(&operator(), person, valid_ms)?;
    Ok(format!("xunge:1:{}:{}", link.url(), ticket.secret))
}

/// Codes that do not enrol, by why.
fn bad_codes(server: &DemoServer, link: &Proxy) -> Result<Value, Problem> {
    Ok(json!({
        "not_ours": "https://example.org/menu",
        "newer": format!("xunge:9:{}:0123", link.url()),
        "incomplete": "xunge:1:http://127.0.0.1",
        "unknown": format!("xunge:1:{}:00000000000000000000000000000000", link.url()),
        "expired": ticket(server, link, &person_id("w02"), Some(1))?,
        "nobody_there": "xunge:1:http://127.0.0.1:9:0123456789abcdef",
    }))
}

/// A code as the picture that a camera would see.
fn write_code(text: &str, path: &PathBuf) -> Result<(), Problem> {
    const PX: usize = 6;
    let code = fast_qr::QRBuilder::new(text)
        .build()
        .map_err(|_| "the code does not fit")?;
    let side = (code.size + 8) * PX;
    let picture = image::GrayImage::from_fn(u32::try_from(side)?, u32::try_from(side)?, |x, y| {
        let at = |v: u32| (v as usize / PX).checked_sub(4).filter(|v| *v < code.size);
        let is_dark = at(x).zip(at(y)).is_some_and(|(x, y)| code[y][x].value());
        image::Luma([if is_dark { 0 } else { 255 }])
    });
    picture.save(path)?;
    Ok(())
}

/// Pictures and a voice note as a phone takes them, and files that are none.
fn files(folder: &Path) -> Result<Value, Problem> {
    let picture = |name: &str, phase, seed| -> Result<PathBuf, Problem> {
        let pixels = draw(SceneKind::IllegalBanner, phase, seed, (640, 480));
        let path = folder.join(name);
        std::fs::write(&path, jpeg(&pixels, None))?;
        Ok(path)
    };
    let before = picture("before.jpg", Phase::Before, 1)?;
    let after = picture("after.jpg", Phase::After, 1)?;
    let voice = folder.join("voice.m4a");
    std::fs::write(&voice, voice_note(7, 3_000))?;
    let (empty, text) = (folder.join("empty.jpg"), folder.join("text.jpg"));
    std::fs::write(&empty, b"")?;
    std::fs::write(&text, b"this is no picture")?;
    Ok(json!({ "before": before, "after": after, "voice": voice, "empty": empty, "text": text }))
}

/// Asks the control port of a programme for something, as the tests of this crate do.
pub fn ask(programme: &Value, word: &str) -> Result<Value, Problem> {
    let url = programme["control"]
        .as_str()
        .ok_or("the programme names no control port")?;
    control::ask(url, word)
}
