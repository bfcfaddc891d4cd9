//! Closing: who may end a matter at which level, and which level is written down.
//!
//! A report's level is where it was handled: what a grid's or village's chief settled, took on or was sent counts for his level
//! whoever reviews it (就地化解); a village's head stands in for the chiefs of its grids; what a unit handled for the room counts for
//! the township, what the county desk took for the county.

use super::world::*;
use crate::command::{Action, Outcome, Refusal};
use crate::directory::Level;
use crate::workflow::State;

/// A way to the point at which somebody may close, who may then, and the level that is recorded.
struct Way {
    name: &'static str,
    story: Story,
    end: Action,
    closers: &'static [&'static str],
    level: Level,
}

fn way(name: &'static str, closers: &'static [&'static str], level: Level, walk: impl Fn(&mut Story)) -> Way {
    let mut story = Story::new();
    walk(&mut story);
    let end = match story.state() {
        State::Settled => Action::Approve,
        _ => Action::Close,
    };
    Way {
        name,
        story,
        end,
        closers,
        level,
    }
}

fn taken_on(story: &mut Story, who: &str) {
    story.must(who, Action::TakeOn);
    let own = story.matter().holder.unit.to_string();
    story.must(who, feed_back(&own));
}

fn dispatched(story: &mut Story, room: &str) {
    story.must(room, Action::Accept);
    story.must(room, dispatch(&["D1"]));
    story.must("d", feed_back("D1"));
}

fn ways() -> Vec<Way> {
    const ROOM: &[&str] = &["r", "r2"];
    vec![
        way("settled on the spot", &["c", "v"], Level::Grid, |s| {
            s.settle();
        }),
        way("settled, and the chief was silent", ROOM, Level::Township, |s| {
            s.settle();
            s.pass_by();
        }),
        way(
            "taken on by the grid's chief",
            &["c", "v", "r", "r2"],
            Level::Grid,
            |s| {
                s.submit();
                taken_on(s, "c");
            },
        ),
        way(
            "taken on by the village's head",
            &["v", "r", "r2"],
            Level::Village,
            |s| {
                s.submit();
                s.must("c", pass_up(Level::Village));
                taken_on(s, "v");
            },
        ),
        way("sent down to a grid", ROOM, Level::Grid, |s| {
            s.submit();
            s.must("c", Action::Approve);
            s.must("r", send_down("G2"));
            s.must("c2", feed_back("G2"));
        }),
        way("sent down to a village", ROOM, Level::Village, |s| {
            s.submit();
            s.must("c", Action::Approve);
            s.must("r", send_down("V1"));
            s.must("v", feed_back("V1"));
        }),
        way("handled by a department", ROOM, Level::Township, |s| {
            s.submit();
            s.must("c", Action::Approve);
            dispatched(s, "r");
        }),
        way("answered by the room itself", ROOM, Level::Township, |s| {
            s.submit();
            s.must("c", Action::Approve);
        }),
        way("passed up to the county", &["k"], Level::County, |s| {
            s.submit();
            s.must("c", Action::Approve);
            s.must("r", pass_up(Level::County));
            dispatched(s, "k");
        }),
    ]
}

#[test]
fn a_matter_is_closed_by_whom_the_rules_name_and_counts_for_the_level_that_handled_it() {
    for way in ways() {
        for (who, _) in PEOPLE {
            let mut story = way.story.clone();
            let outcome = story.act(who, way.end.clone());
            let may = way.closers.contains(who);
            assert_eq!(outcome.is_accepted(), may, "{}: {who} gets {outcome:?}", way.name);
            if may {
                let matter = story.matter();
                assert_eq!(
                    (matter.state, matter.closed_level),
                    (State::Closed, Some(way.level)),
                    "{}: {who}",
                    way.name
                );
            }
        }
    }
}

#[test]
fn nobody_closes_what_he_reported_himself_whatever_posts_he_holds() {
    for way in ways() {
        for who in way.closers {
            let mut story = way.story.clone();
            let reporter = story.matter().reporter.clone();
            for (unit_code, role) in PEOPLE
                .iter()
                .filter(|(code, _)| code == who)
                .filter_map(|(_, held)| *held)
            {
                let post = post(reporter.as_str(), unit_code, role);
                add(
                    &mut story.directory,
                    crate::directory::DirectoryRecord::Post(post),
                );
            }
            let outcome = story.act(reporter.as_str(), way.end.clone());
            assert_eq!(
                outcome,
                Outcome::Refused(Refusal::ReporterMayNotDecide),
                "{}: as {who}",
                way.name
            );
        }
    }
}
