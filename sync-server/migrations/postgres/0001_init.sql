-- Layout 1 on PostgreSQL (15 and later). least 1
-- The same rows as the embedded engine's, with the feed first in every key of what grows, so that tables split by township.
-- Enumerations and yes/no are numbers of the wire forms. Times are UTC milliseconds. Texts sort by their bytes (COLLATE "C"), as in the
-- embedded engine. `sealed` means ChaCha20-Poly1305 under the key of the report.

-- Generation, directory version, counters.
CREATE TABLE meta (
    key text COLLATE "C" PRIMARY KEY,
    value bytea NOT NULL
);

-- One line per feed: the end of its order, and the end of its audit chain. Its row lock is the township's lock.
-- Feed 0 stands for the server itself; it has an audit chain alone.
CREATE TABLE feeds (
    feed_no bigint PRIMARY KEY,
    unit text COLLATE "C" NOT NULL UNIQUE,
    head bigint NOT NULL DEFAULT 0,
    audit_count bigint NOT NULL DEFAULT 0,
    audit_hash bytea NOT NULL,
    -- Report numbers given out in this feed: number = feed_no << 40 | count.
    reports bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- The ledger: everything received, in each feed's order without gaps.
CREATE TABLE ledger (
    feed_no bigint NOT NULL,
    seq bigint NOT NULL,
    kind bigint NOT NULL,
    report_no bigint,
    -- Change hash, command id, person record id, blob hash.
    name bytea,
    -- The install that sent it; NULL for the server.
    install_no bigint,
    -- The scope key before this row, where the row changed it ('' for none before); NULL where it did not.
    moved_from text COLLATE "C",
    -- Sealed: the change, the event, the person record. Plain: an erasure.
    body bytea,
    PRIMARY KEY (feed_no, seq)
);
CREATE INDEX ledger_by_report ON ledger (feed_no, report_no, seq) WHERE report_no IS NOT NULL;
CREATE INDEX ledger_by_name ON ledger (feed_no, name) WHERE name IS NOT NULL;

-- Where each report stands: rebuilt from the ledger by `verify`, never the truth.
CREATE TABLE reports (
    feed_no bigint NOT NULL,
    report_no bigint NOT NULL,
    report bytea NOT NULL,
    code text COLLATE "C" NOT NULL,
    -- The report's key under the master key; NULL once erased.
    key bytea,
    reporter text COLLATE "C" NOT NULL,
    -- The effective grid, with a mark where the category is sensitive; NULL until a submission is accepted.
    scope text COLLATE "C",
    scope_seq bigint NOT NULL,
    digest_count bigint NOT NULL,
    digest_xor bytea NOT NULL,
    heads bytea NOT NULL,
    changes bigint NOT NULL,
    events bigint NOT NULL,
    people bigint NOT NULL,
    last_seq bigint NOT NULL,
    state bigint NOT NULL,
    -- 0 for urgent, 1 for normal: the order of the queue.
    rank bigint NOT NULL,
    level bigint NOT NULL,
    category text COLLATE "C",
    holder_unit text COLLATE "C",
    holder_part bigint,
    held_since bigint NOT NULL,
    submitted_at bigint,
    -- The nearest deadline; look_at is when the server has to look at the report again by itself.
    due_at bigint,
    flags bigint NOT NULL,
    attachments_named bigint NOT NULL,
    attachments_stored bigint NOT NULL,
    -- Sealed: the title and what the workflow must know of the content.
    summary bytea NOT NULL,
    look_at bigint,
    -- What became of it, for figures and for the lists behind them.
    closed_at bigint,
    close_due_at bigint,
    closed_level bigint,
    reworks bigint NOT NULL DEFAULT 0,
    called_back bigint NOT NULL DEFAULT 0,
    lead text COLLATE "C",
    PRIMARY KEY (feed_no, report_no)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX reports_by_name ON reports (feed_no, report);
CREATE INDEX reports_by_code ON reports (feed_no, code);
CREATE INDEX reports_by_scope ON reports (feed_no, scope, report) WHERE scope IS NOT NULL;
CREATE INDEX reports_by_reporter ON reports (feed_no, reporter, report);
CREATE INDEX reports_by_queue ON reports (feed_no, state, rank, held_since, report_no);
CREATE INDEX reports_by_look ON reports (feed_no, look_at) WHERE look_at IS NOT NULL;
CREATE INDEX reports_by_receipt ON reports (feed_no, submitted_at) WHERE submitted_at IS NOT NULL;

-- Single reports granted to a unit (`u:`) or a person (`p:`) by a command.
CREATE TABLE grants (
    feed_no bigint NOT NULL,
    report_no bigint NOT NULL,
    holder text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (feed_no, report_no, holder)
);
CREATE INDEX grants_by_holder ON grants (feed_no, holder, report_no);

-- The sum of the digests of all reports under one scope key.
CREATE TABLE digests (
    feed_no bigint NOT NULL,
    scope text COLLATE "C" NOT NULL,
    digest_count bigint NOT NULL,
    digest_xor bytea NOT NULL,
    PRIMARY KEY (feed_no, scope)
) WITH (fillfactor = 50);

-- Saved documents of reports with many changes: a cache, sealed.
CREATE TABLE snapshots (
    feed_no bigint NOT NULL,
    report_no bigint NOT NULL,
    changes bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (feed_no, report_no)
);

-- The names that a phone signed in one flush, in order, so that each thing can be verified alone later.
CREATE TABLE manifests (
    feed_no bigint NOT NULL,
    manifest_no bigint GENERATED BY DEFAULT AS IDENTITY,
    install_no bigint NOT NULL,
    received_at bigint NOT NULL,
    at bytea NOT NULL,
    names bytea NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (feed_no, manifest_no)
);

CREATE TABLE blobs (
    feed_no bigint NOT NULL,
    report_no bigint NOT NULL,
    sha bytea NOT NULL,
    size_bytes bigint NOT NULL,
    media_type text COLLATE "C" NOT NULL,
    stored_at bigint NOT NULL,
    is_erased bigint NOT NULL,
    PRIMARY KEY (feed_no, report_no, sha)
);
CREATE INDEX blobs_by_sha ON blobs (sha);

CREATE TABLE uploads (
    upload bytea PRIMARY KEY,
    feed_no bigint NOT NULL,
    install bytea,
    report bytea NOT NULL,
    sha bytea NOT NULL,
    size_bytes bigint NOT NULL,
    media_type text COLLATE "C" NOT NULL,
    offset_bytes bigint NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX uploads_by_age ON uploads (expires_at);
CREATE INDEX uploads_by_install ON uploads (install, sha);

CREATE TABLE directory (
    feed_no bigint NOT NULL,
    seq bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    valid_from bigint NOT NULL,
    valid_to bigint,
    version bigint NOT NULL,
    json text COLLATE "C" NOT NULL,
    PRIMARY KEY (feed_no, kind, key, valid_from)
);
CREATE UNIQUE INDEX directory_by_seq ON directory (feed_no, seq);

CREATE TABLE installs (
    install_no bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    install bytea NOT NULL UNIQUE,
    person text COLLATE "C" NOT NULL,
    township text COLLATE "C" NOT NULL,
    public_key bytea NOT NULL,
    token_hash bytea NOT NULL,
    -- JSON: every actor that was allotted, with its tag, the one in use first.
    actors text COLLATE "C" NOT NULL,
    -- JSON: the feeds that it ever followed.
    feeds text COLLATE "C" NOT NULL,
    device_label text COLLATE "C" NOT NULL,
    app_version text COLLATE "C" NOT NULL,
    enrolled_at bigint NOT NULL,
    revoked_at bigint,
    last_sync_at bigint,
    health bytea
) WITH (fillfactor = 80);
CREATE INDEX installs_by_person ON installs (person);

CREATE TABLE enrolments (
    secret_hash bytea PRIMARY KEY,
    person text COLLATE "C" NOT NULL,
    township text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    install bytea
);

CREATE TABLE accounts (
    name text COLLATE "C" PRIMARY KEY,
    person text COLLATE "C" NOT NULL,
    password_hash text COLLATE "C" NOT NULL,
    is_enabled bigint NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    account text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL,
    csrf text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    used_at bigint NOT NULL
);

-- What revoked phones and ended posts sent: kept for a person to look at. Sealed under the master key.
CREATE TABLE review (
    number bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    feed_no bigint NOT NULL,
    install bytea NOT NULL,
    person text COLLATE "C" NOT NULL,
    report bytea,
    name bytea NOT NULL,
    kind text COLLATE "C" NOT NULL,
    why text COLLATE "C" NOT NULL,
    received_at bigint NOT NULL,
    body bytea NOT NULL,
    settled_at bigint
);
CREATE UNIQUE INDEX review_by_name ON review (name);
CREATE INDEX review_open ON review (received_at, number) WHERE settled_at IS NULL;

-- Hash-chained: hash = SHA-256(hash before, number, at, actor, kind, detail).
CREATE TABLE audit (
    feed_no bigint NOT NULL,
    number bigint NOT NULL,
    at bigint NOT NULL,
    actor text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    detail text COLLATE "C" NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (feed_no, number)
);

-- Segments of tracks (kind 1) and check-ups of key places (kind 2). Once deleted, a tombstone stays: kind, name, and when it was deleted
-- in received_at; everything else is NULL.
CREATE TABLE tracks (
    feed_no bigint NOT NULL,
    -- SHA-256 of the bytes as they came.
    name bytea NOT NULL,
    kind bigint NOT NULL,
    install bytea,
    person text COLLATE "C",
    -- Of segments: the patrol, and the segment's place in it.
    patrol bytea,
    number bigint,
    begun_at bigint,
    closed_at bigint,
    -- 0 satellite, 1 estimated, 2 unknown.
    clock bigint,
    boot bigint,
    received_at bigint NOT NULL,
    -- The end of the feed when it was taken in: later rows of the directory were not known to it.
    seq bigint NOT NULL,
    -- Sealed under the master key; NULL once deleted.
    body bytea,
    PRIMARY KEY (feed_no, name)
);
CREATE INDEX tracks_by_age ON tracks (feed_no, received_at) WHERE body IS NOT NULL;
CREATE INDEX tracks_by_deletion ON tracks (feed_no, received_at) WHERE body IS NULL;
CREATE INDEX tracks_by_patrol ON tracks (feed_no, patrol, install) WHERE patrol IS NOT NULL;
CREATE INDEX tracks_by_person ON tracks (feed_no, person) WHERE person IS NOT NULL;

-- What was seen of each unit on each day: a grid, or the township itself for what lies in no drawn grid. Grows by set union alone.
CREATE TABLE coverage (
    feed_no bigint NOT NULL,
    unit text COLLATE "C" NOT NULL,
    -- 2026-11-22, or `unknown`, which sorts after every day.
    day text COLLATE "C" NOT NULL,
    -- The newest row of the feed that brings it to phones; 0 for the township itself, which no phone gets.
    seq bigint NOT NULL,
    updated_at bigint NOT NULL,
    -- Sealed under the master key: cells, patrols, visits.
    body bytea NOT NULL,
    PRIMARY KEY (feed_no, unit, day)
);
CREATE UNIQUE INDEX coverage_by_seq ON coverage (feed_no, seq) WHERE seq > 0;
CREATE INDEX coverage_by_day ON coverage (feed_no, day);

-- The server's own chain.
INSERT INTO feeds (feed_no, unit, audit_hash) VALUES (0, '..server..', decode(repeat('00', 32), 'hex'));
