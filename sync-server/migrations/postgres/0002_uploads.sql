-- Layout 2: the bytes of unfinished uploads, so that an upload begun on one node goes on at the next.

-- Pieces of at most a few hundred KB (`upload_step_bytes`), each durable before the upload's offset moves over it.
CREATE TABLE upload_parts (
    upload bytea NOT NULL,
    start_bytes bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (upload, start_bytes)
);
-- Pictures are compressed already.
ALTER TABLE upload_parts ALTER COLUMN body SET STORAGE EXTERNAL;

-- What a finished upload leaves, so that a client that lost the last answer learns that it is done.
CREATE TABLE upload_marks (
    upload bytea PRIMARY KEY,
    owner text COLLATE "C" NOT NULL,
    size_bytes bigint NOT NULL,
    done_at bigint NOT NULL
);
CREATE INDEX upload_marks_by_age ON upload_marks (done_at);
