-- A picture that two reports have is sent for each of them: the server keeps it, shows it and erases it by report.

CREATE TABLE upload_by_report (
    -- Files still to be sent, one row for each report that has them until the server has verified the hash for it.
    blob       BLOB NOT NULL,
    report     BLOB NOT NULL,
    attachment BLOB NOT NULL,
    kind       TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    url        TEXT,                          -- of the upload that was begun
    sent_bytes INTEGER NOT NULL DEFAULT 0,    -- as the server last said
    is_urgent  INTEGER NOT NULL DEFAULT 0,
    made_at    INTEGER NOT NULL,
    is_ready   INTEGER NOT NULL DEFAULT 0,    -- its report is submitted
    refused    TEXT,                          -- why the server does not take it, where it does not
    PRIMARY KEY (blob, report)
) STRICT, WITHOUT ROWID;
INSERT INTO upload_by_report
    SELECT blob, report, attachment, kind, size_bytes, url, sent_bytes, is_urgent, made_at, is_ready, refused FROM upload;
DROP TABLE upload;
ALTER TABLE upload_by_report RENAME TO upload;

CREATE TABLE receipt (
    -- Files that the server has verified for a report; `blob.is_received` says whether it has them for any.
    blob   BLOB NOT NULL,
    report BLOB NOT NULL,
    PRIMARY KEY (blob, report)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO receipt
    SELECT attachment.blob, attachment.report FROM attachment JOIN blob USING (blob) WHERE blob.is_received = 1;
