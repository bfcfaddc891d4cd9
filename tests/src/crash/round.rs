//! The kinds of rounds: what is done, and who dies of it.

use super::phone::Work;

/// Who dies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Victim {
    /// The process that does the work.
    Worker,
    /// The server.
    Server,
    /// One session of PostgreSQL, with which its postmaster ends all others.
    Session,
    /// PostgreSQL's postmaster.
    Postmaster,
}

/// What is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Deed {
    /// The worker's phone.
    Own(Work),
    /// The colleague's phone takes pages in.
    Pull,
    /// The colleague was moved to another grid: his phone purges the one and fetches the other.
    Purge,
    /// A phone's database of the first layout is opened.
    UpgradePhone,
    /// A server's database of the first layout is opened, or made where it is PostgreSQL.
    UpgradeServer,
    /// The server is backed up while it serves.
    BackUp,
    /// A backup is put in the place of a database that has more.
    Restore,
}

/// One kind of round.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Round {
    pub(super) deed: Deed,
    pub(super) victim: Victim,
    name: &'static str,
}

const fn round(name: &'static str, deed: Deed, victim: Victim) -> Round {
    Round { deed, victim, name }
}

/// The kinds that both engines have, in the order in which they take turns.
const BOTH: [Round; 11] = [
    round("capture, phone", Deed::Own(Work::Capture), Victim::Worker),
    round("push and photos, phone", Deed::Own(Work::Send), Victim::Worker),
    round("push and photos, server", Deed::Own(Work::Send), Victim::Server),
    round("pages, phone", Deed::Pull, Victim::Worker),
    round("push and photos, server", Deed::Own(Work::Send), Victim::Server),
    round("purge, phone", Deed::Purge, Victim::Worker),
    round("pages, server", Deed::Purge, Victim::Server),
    round("upgrade of a phone", Deed::UpgradePhone, Victim::Worker),
    round("upgrade of a server", Deed::UpgradeServer, Victim::Worker),
    round("backup", Deed::BackUp, Victim::Worker),
    round("restore", Deed::Restore, Victim::Worker),
];

/// What PostgreSQL has beside.
const POSTGRES: [Round; 5] = [
    round(
        "push and photos, postmaster",
        Deed::Own(Work::Send),
        Victim::Postmaster,
    ),
    round("push and photos, session", Deed::Own(Work::Send), Victim::Session),
    round("push and photos, server", Deed::Own(Work::Send), Victim::Server),
    round("push and photos, session", Deed::Own(Work::Send), Victim::Session),
    round("pages, postmaster", Deed::Purge, Victim::Postmaster),
];

impl Round {
    /// The kind of a round by its number.
    pub(super) fn of(number: usize, is_postgres: bool) -> Self {
        if is_postgres && number % 2 == 1 {
            return POSTGRES[number / 2 % POSTGRES.len()];
        }
        let number = if is_postgres { number / 2 } else { number };
        BOTH[number % BOTH.len()]
    }

    /// What it is called in tables.
    pub(super) const fn name(self) -> &'static str {
        self.name
    }
}
