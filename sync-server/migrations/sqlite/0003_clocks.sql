-- Layout 3: clocks of every stage. `due_at` is the nearest deadline of a report, whatever its stage (the stage's number stands in bits 8 to
-- 11 of `flags`); `look_at` is when the server has to look at the report again: to remind somebody, or to let it pass by its chief.
ALTER TABLE reports ADD COLUMN look_at INTEGER;
DROP INDEX reports_by_due;
CREATE INDEX reports_by_look ON reports (feed_no, look_at) WHERE look_at IS NOT NULL;
