-- Keys of the files beside an encrypted database: pictures, voice notes, copies that were set aside. To destroy the row is to erase
-- the file. A plain database has none.

CREATE TABLE file_key (
    name TEXT PRIMARY KEY,     -- the file's path in the profile's folder, as `attachments/<hash>`
    key  BLOB NOT NULL         -- 32 bytes
) STRICT;
