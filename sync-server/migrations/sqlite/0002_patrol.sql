-- Layout 2: what patrols bring. Tracks go after the time that the township's policy says; coverage stays.

-- Segments of tracks (kind 1) and check-ups of key places (kind 2). Once deleted, a tombstone stays: kind, name, and when it was deleted
-- in received_at; everything else is NULL.
CREATE TABLE tracks (
    feed_no INTEGER NOT NULL,
    -- SHA-256 of the bytes as they came.
    name BLOB NOT NULL,
    kind INTEGER NOT NULL,
    install BLOB,
    person TEXT,
    -- Of segments: the patrol, and the segment's place in it.
    patrol BLOB,
    number INTEGER,
    begun_at INTEGER,
    closed_at INTEGER,
    -- 0 satellite, 1 estimated, 2 unknown.
    clock INTEGER,
    boot INTEGER,
    received_at INTEGER NOT NULL,
    -- The end of the feed when it was taken in: later rows of the directory were not known to it.
    seq INTEGER NOT NULL,
    -- Sealed under the master key; NULL once deleted.
    body BLOB,
    PRIMARY KEY (feed_no, name)
) WITHOUT ROWID;
CREATE INDEX tracks_by_age ON tracks (feed_no, received_at) WHERE body IS NOT NULL;
CREATE INDEX tracks_by_deletion ON tracks (feed_no, received_at) WHERE body IS NULL;
CREATE INDEX tracks_by_patrol ON tracks (feed_no, patrol, install) WHERE patrol IS NOT NULL;
CREATE INDEX tracks_by_person ON tracks (feed_no, person) WHERE person IS NOT NULL;

-- What was seen of each unit on each day: a grid, or the township itself for what lies in no drawn grid. Grows by set union alone.
CREATE TABLE coverage (
    feed_no INTEGER NOT NULL,
    unit TEXT NOT NULL,
    -- 2026-11-22, or `unknown`, which sorts after every day.
    day TEXT NOT NULL,
    -- The newest row of the feed that brings it to phones; 0 for the township itself, which no phone gets.
    seq INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- Sealed under the master key: cells, patrols, visits.
    body BLOB NOT NULL,
    PRIMARY KEY (feed_no, unit, day)
) WITHOUT ROWID;
CREATE UNIQUE INDEX coverage_by_seq ON coverage (feed_no, seq) WHERE seq > 0;
CREATE INDEX coverage_by_day ON coverage (feed_no, day);
