-- Layout 1 of the embedded database. The number of the newest file is PRAGMA user_version.
-- Every table that grows begins with the feed (township or county desk), so that it can be split by it.
-- Enumerations are stored as the numbers of their wire forms. Times are UTC milliseconds. `sealed` means ChaCha20-Poly1305 under the
-- key of the report.

-- generation, directory version, counters.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- One line per feed: the end of its order, and the end of its audit chain. Its update is the township's lock.
-- Feed 0 stands for the server itself; it has an audit chain alone.
CREATE TABLE feeds (
    feed_no INTEGER PRIMARY KEY,
    unit TEXT NOT NULL UNIQUE,
    head INTEGER NOT NULL DEFAULT 0,
    audit_count INTEGER NOT NULL DEFAULT 0,
    audit_hash BLOB NOT NULL
);

-- The ledger: everything received, in each feed's order without gaps. row_id = feed_no << 40 | seq.
CREATE TABLE ledger (
    row_id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    report_no INTEGER,
    -- Change hash, command id, person record id, blob hash.
    name BLOB,
    -- The install that sent it; NULL for the server.
    install_no INTEGER,
    -- The scope key before this row, where the row changed it ('' for none before); NULL where it did not.
    moved_from TEXT,
    -- Sealed: the change, the event, the person record. Plain: an erasure.
    body BLOB
);
CREATE INDEX ledger_by_report ON ledger (report_no, row_id) WHERE report_no IS NOT NULL;
CREATE INDEX ledger_by_name ON ledger (name) WHERE name IS NOT NULL;

-- Where each report stands: rebuilt from the ledger by `verify`, never the truth.
CREATE TABLE reports (
    report_no INTEGER PRIMARY KEY,
    feed_no INTEGER NOT NULL,
    report BLOB NOT NULL,
    code TEXT NOT NULL,
    -- The report's key under the master key; NULL once erased.
    key BLOB,
    reporter TEXT NOT NULL,
    -- The effective grid, with a mark where the category is sensitive; NULL until a submission is accepted.
    scope TEXT,
    scope_seq INTEGER NOT NULL,
    digest_count INTEGER NOT NULL,
    digest_xor BLOB NOT NULL,
    heads BLOB NOT NULL,
    changes INTEGER NOT NULL,
    events INTEGER NOT NULL,
    people INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    state INTEGER NOT NULL,
    -- 0 for urgent, 1 for normal: the order of the queue.
    rank INTEGER NOT NULL,
    level INTEGER NOT NULL,
    category TEXT,
    holder_unit TEXT,
    holder_part INTEGER,
    held_since INTEGER NOT NULL,
    submitted_at INTEGER,
    due_at INTEGER,
    flags INTEGER NOT NULL,
    attachments_named INTEGER NOT NULL,
    attachments_stored INTEGER NOT NULL,
    -- Sealed: the title and what the workflow must know of the content.
    summary BLOB NOT NULL
);
CREATE UNIQUE INDEX reports_by_name ON reports (feed_no, report);
CREATE INDEX reports_by_code ON reports (feed_no, code);
CREATE INDEX reports_by_scope ON reports (feed_no, scope, report) WHERE scope IS NOT NULL;
CREATE INDEX reports_by_reporter ON reports (feed_no, reporter, report);
CREATE INDEX reports_by_queue ON reports (feed_no, state, rank, held_since, report_no);
CREATE INDEX reports_by_due ON reports (feed_no, due_at) WHERE due_at IS NOT NULL;

-- Single reports granted to a unit (`u:`) or a person (`p:`) by a command.
CREATE TABLE grants (
    report_no INTEGER NOT NULL,
    feed_no INTEGER NOT NULL,
    holder TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (report_no, holder)
) WITHOUT ROWID;
CREATE INDEX grants_by_holder ON grants (feed_no, holder, report_no);

-- The sum of the digests of all reports under one scope key.
CREATE TABLE digests (
    feed_no INTEGER NOT NULL,
    scope TEXT NOT NULL,
    digest_count INTEGER NOT NULL,
    digest_xor BLOB NOT NULL,
    PRIMARY KEY (feed_no, scope)
) WITHOUT ROWID;

-- Saved documents of reports with many changes: a cache, sealed.
CREATE TABLE snapshots (
    report_no INTEGER PRIMARY KEY,
    changes INTEGER NOT NULL,
    body BLOB NOT NULL
);

-- The names that a phone signed in one flush, in order, so that each thing can be verified alone later.
CREATE TABLE manifests (
    manifest_no INTEGER PRIMARY KEY,
    feed_no INTEGER NOT NULL,
    install_no INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    at BLOB NOT NULL,
    names BLOB NOT NULL,
    signature BLOB NOT NULL
);

CREATE TABLE blobs (
    feed_no INTEGER NOT NULL,
    report_no INTEGER NOT NULL,
    sha BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    stored_at INTEGER NOT NULL,
    is_erased INTEGER NOT NULL,
    PRIMARY KEY (report_no, sha)
) WITHOUT ROWID;
CREATE INDEX blobs_by_sha ON blobs (sha);

CREATE TABLE uploads (
    upload BLOB PRIMARY KEY,
    feed_no INTEGER NOT NULL,
    install BLOB,
    report BLOB NOT NULL,
    sha BLOB NOT NULL,
    size_bytes INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    offset_bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX uploads_by_age ON uploads (expires_at);
CREATE INDEX uploads_by_install ON uploads (install, sha);

CREATE TABLE directory (
    feed_no INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER,
    version INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (feed_no, kind, key, valid_from)
) WITHOUT ROWID;
CREATE UNIQUE INDEX directory_by_seq ON directory (feed_no, seq);

CREATE TABLE installs (
    install_no INTEGER PRIMARY KEY,
    install BLOB NOT NULL UNIQUE,
    person TEXT NOT NULL,
    township TEXT NOT NULL,
    public_key BLOB NOT NULL,
    token_hash BLOB NOT NULL,
    -- JSON: every actor that was allotted, with its tag, the one in use first.
    actors TEXT NOT NULL,
    -- JSON: the feeds that it ever followed.
    feeds TEXT NOT NULL,
    device_label TEXT NOT NULL,
    app_version TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL,
    revoked_at INTEGER,
    last_sync_at INTEGER,
    health BLOB
);
CREATE INDEX installs_by_person ON installs (person);

CREATE TABLE enrolments (
    secret_hash BLOB PRIMARY KEY,
    person TEXT NOT NULL,
    township TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    install BLOB
) WITHOUT ROWID;

CREATE TABLE accounts (
    name TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    is_enabled INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    account TEXT NOT NULL,
    person TEXT NOT NULL,
    csrf TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
) WITHOUT ROWID;

-- What revoked phones and ended posts sent: kept for a person to look at. Sealed under the master key.
CREATE TABLE review (
    number INTEGER PRIMARY KEY,
    feed_no INTEGER NOT NULL,
    install BLOB NOT NULL,
    person TEXT NOT NULL,
    report BLOB,
    name BLOB NOT NULL,
    kind TEXT NOT NULL,
    why TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    settled_at INTEGER
);
CREATE UNIQUE INDEX review_by_name ON review (name);
CREATE INDEX review_open ON review (received_at) WHERE settled_at IS NULL;

-- Hash-chained: hash = SHA-256(hash before, number, at, actor, kind, detail).
CREATE TABLE audit (
    feed_no INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (feed_no, number)
) WITHOUT ROWID;

-- The server's own chain.
INSERT INTO feeds (feed_no, unit, audit_hash) VALUES (0, '..server..', zeroblob(32));
