-- The phone's database: one file per profile. The file's number is the `user_version` that it leads to.
-- Times are UTC milliseconds; ids and hashes are raw bytes; words are snake_case texts, never renumbered and never reused.

CREATE TABLE setting (
    -- Small facts about the profile: install, signing key, token, person, server keys, last server offset …
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE actor (
    -- Automerge actors of this install. A restored phone takes a spare.
    actor   BLOB PRIMARY KEY,
    tag     TEXT,             -- the code tag that goes with it; NULL: codes are random
    state   TEXT NOT NULL CHECK (state IN ('current', 'spare', 'retired')),
    counter INTEGER NOT NULL DEFAULT 0,  -- the last number used in a code
    ordinal INTEGER NOT NULL  -- spares are taken in this order
) STRICT, WITHOUT ROWID;

CREATE TABLE feed (
    -- Where the phone stands in each feed that it follows.
    feed         TEXT PRIMARY KEY,
    generation   BLOB,                        -- of the server's database, under which the cursor was given
    cursor       INTEGER NOT NULL DEFAULT 0,
    scope_tag    BLOB,
    digest_count INTEGER NOT NULL DEFAULT 0,  -- the sum over the feed's reports, so that an idle sync reads one row
    digest_xor   BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
    repaired_at  INTEGER,                     -- when the last repair ended
    diverged_at  INTEGER,                     -- when digests still differed after it; compared again an hour later
    repair_after BLOB,                        -- where a repair stands
    is_repairing INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE scope_grid (
    -- Grids in scope, and how far each is filled. The empty grid stands for reports granted singly.
    feed      TEXT NOT NULL REFERENCES feed (feed) ON DELETE CASCADE,
    grid      TEXT NOT NULL,
    is_filled INTEGER NOT NULL DEFAULT 0,
    after     BLOB,  -- the last report taken in
    PRIMARY KEY (feed, grid)
) STRICT, WITHOUT ROWID;

CREATE TABLE directory_row (
    -- The read-only copy of the directory; kinds and fields newer than this program are kept unread.
    feed       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    key        TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER,
    version    INTEGER NOT NULL,
    json       TEXT NOT NULL,
    PRIMARY KEY (kind, key, valid_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE draft (
    -- What is being filled in. Cleared by the worker or by submission, never by anything else.
    report     BLOB PRIMARY KEY,
    code       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE draft_edit (
    -- One row per field; the row is written when the field is left.
    report BLOB NOT NULL REFERENCES draft (report) ON DELETE CASCADE,
    field  TEXT NOT NULL,  -- `set_description`, `set_answer/people_count`, `add_attachment/<id>` …
    edit   TEXT NOT NULL,  -- the edit as JSON; edits newer than this program are kept
    PRIMARY KEY (report, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE report (
    -- One row per report: its digest and what lists show, rebuilt from document and story after every change.
    report          BLOB PRIMARY KEY,
    feed            TEXT NOT NULL,
    digest_count    INTEGER NOT NULL DEFAULT 0,  -- of what the server has too
    digest_xor      BLOB NOT NULL,
    is_own          INTEGER NOT NULL DEFAULT 0,  -- begun by this profile's person
    is_granted      INTEGER NOT NULL DEFAULT 0,  -- in scope by itself, not through its grid
    is_leaving      INTEGER NOT NULL DEFAULT 0,  -- to be purged as soon as nothing of it is unsent
    is_erased       INTEGER NOT NULL DEFAULT 0,
    -- What lists show.
    code            TEXT NOT NULL DEFAULT '',
    title           TEXT NOT NULL DEFAULT '',
    category        TEXT,
    grid            TEXT,              -- the effective grid
    state           TEXT NOT NULL DEFAULT 'draft',
    urgency         TEXT NOT NULL DEFAULT 'normal',
    reporter        TEXT,
    held_since      INTEGER,
    pending         TEXT,              -- the last act that waits to be sent
    is_todo         INTEGER NOT NULL DEFAULT 0,  -- waits for this person
    is_finished     INTEGER NOT NULL DEFAULT 0,
    sort_at         INTEGER NOT NULL DEFAULT 0,
    occurred_at     INTEGER,
    lat_deg         REAL,
    lon_deg         REAL,
    row_json        TEXT NOT NULL DEFAULT '{}'   -- the rest of the list row
) STRICT, WITHOUT ROWID;
CREATE INDEX report_by_time ON report (sort_at DESC, report DESC);
CREATE INDEX report_own ON report (sort_at DESC, report DESC) WHERE is_own = 1;
CREATE INDEX report_todo ON report (sort_at DESC, report DESC) WHERE is_todo = 1;
CREATE INDEX report_open ON report (sort_at DESC, report DESC) WHERE is_finished = 0;
CREATE INDEX report_finished ON report (sort_at DESC, report DESC) WHERE is_finished = 1;
CREATE INDEX report_leaving ON report (report) WHERE is_leaving = 1;
CREATE INDEX report_by_code ON report (code);
CREATE INDEX report_by_feed ON report (feed, report);
CREATE INDEX report_near ON report (category, occurred_at);

CREATE TABLE document (
    -- The saved document of a report; not there where only commands came yet, or after an erasure.
    report   BLOB PRIMARY KEY,
    snapshot BLOB NOT NULL,
    heads    BLOB NOT NULL  -- the hashes of its heads, sorted, 32 bytes each
) STRICT;

CREATE TABLE own_change (
    -- Changes that this install made: the bytes, and the edits behind them so that they can be issued again under another actor.
    hash     BLOB PRIMARY KEY,
    report   BLOB NOT NULL,
    position INTEGER NOT NULL,           -- the order of making
    bytes    BLOB NOT NULL,
    edits    TEXT NOT NULL,              -- JSON: the opening content, or the list of edits
    made_at  INTEGER NOT NULL,
    acked_at INTEGER,                    -- when the server said that it is stored; NULL before
    is_known INTEGER NOT NULL DEFAULT 0  -- counted in the digest
) STRICT, WITHOUT ROWID;
CREATE INDEX own_change_by_report ON own_change (report, position);

CREATE TABLE command (
    -- Acts, own and others', with the server's word where there is one.
    id        BLOB PRIMARY KEY,
    report    BLOB NOT NULL,
    position  INTEGER NOT NULL,  -- the order of arrival or making here
    body      BLOB NOT NULL,
    signature BLOB,              -- the CBOR of the install's signature; own acts only
    is_own    INTEGER NOT NULL DEFAULT 0,
    result    BLOB,              -- the CBOR of the signed result; NULL while waiting
    generation BLOB,             -- of the result; a story orders by generation, then sequence
    seq       INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX command_by_report ON command (report, generation, seq, position);

CREATE TABLE person (
    -- People concerned, apart from the content.
    id     BLOB PRIMARY KEY,
    report BLOB NOT NULL,
    bytes  BLOB NOT NULL,
    is_own INTEGER NOT NULL DEFAULT 0,
    is_known INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX person_by_report ON person (report);

CREATE TABLE erasure (
    -- Tombstones: what was erased by law stays counted, so that both sides agree.
    name   BLOB PRIMARY KEY,
    report BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX erasure_by_report ON erasure (report);

CREATE TABLE outbox (
    -- What waits to be sent, in the order of making. A row leaves by its own result, by nothing else.
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT NOT NULL CHECK (kind IN ('change', 'command', 'person', 'replay', 'return')),
    name     BLOB NOT NULL,  -- change hash, command id or record id
    report   BLOB NOT NULL,
    bytes    BLOB,           -- of a returned change; the others lie in their tables
    made_at  INTEGER NOT NULL,
    is_held  INTEGER NOT NULL DEFAULT 0,  -- waits for a person, because something before it was refused
    tries    INTEGER NOT NULL DEFAULT 0,  -- how often the server asked for something else first
    UNIQUE (kind, name)
) STRICT;
CREATE INDEX outbox_by_report ON outbox (report);

CREATE TABLE attention (
    -- What the server did not take, with the reason and everything that was typed. A person clears it.
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL,
    name    BLOB NOT NULL,
    report  BLOB NOT NULL,
    code    TEXT NOT NULL,  -- the stable code of the refusal
    detail  TEXT NOT NULL,  -- for developers
    content TEXT NOT NULL,  -- what was typed or done, as JSON
    at      INTEGER NOT NULL,
    UNIQUE (kind, name)
) STRICT;

CREATE TABLE blob (
    -- Files in `attachments/`: pictures, thumbnails and voice notes, named by their SHA-256.
    blob         BLOB PRIMARY KEY,
    size_bytes   INTEGER NOT NULL DEFAULT 0,
    is_present   INTEGER NOT NULL DEFAULT 0,  -- whole and verified on this phone
    is_received  INTEGER NOT NULL DEFAULT 0   -- whole and verified on the server
) STRICT, WITHOUT ROWID;

CREATE TABLE attachment (
    -- Which report uses which file, for what.
    report       BLOB NOT NULL,
    attachment   BLOB NOT NULL,
    blob         BLOB NOT NULL,
    kind         TEXT NOT NULL,               -- picture, voice_note or thumbnail
    is_wanted    INTEGER NOT NULL DEFAULT 0,  -- fetch it when there is a way
    PRIMARY KEY (report, attachment, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_by_blob ON attachment (blob);
CREATE INDEX attachment_wanted ON attachment (blob) WHERE is_wanted = 1;

CREATE TABLE upload (
    -- Files still to be sent, one row each until the server has verified the hash.
    blob       BLOB PRIMARY KEY,
    report     BLOB NOT NULL,
    attachment BLOB NOT NULL,
    kind       TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    url        TEXT,                          -- of the upload that was begun
    sent_bytes INTEGER NOT NULL DEFAULT 0,    -- as the server last said
    is_urgent  INTEGER NOT NULL DEFAULT 0,
    made_at    INTEGER NOT NULL,
    is_ready   INTEGER NOT NULL DEFAULT 0,    -- its report is submitted
    refused    TEXT                           -- why the server does not take it, where it does not
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    -- Incoming things that failed their checks: kept for a look, never applied.
    name   BLOB PRIMARY KEY,
    feed   TEXT NOT NULL,
    report BLOB NOT NULL,
    bytes  BLOB NOT NULL,
    why    TEXT NOT NULL,
    at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notice (
    -- What the worker must be told once (a database set aside, a restored phone).
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    at   INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
