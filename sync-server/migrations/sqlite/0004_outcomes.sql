-- Layout 4: what became of a report, for figures and for the lists behind them. All of it follows from accepted commands.
ALTER TABLE reports ADD COLUMN closed_at INTEGER;
-- When it should be, or should have been, closed.
ALTER TABLE reports ADD COLUMN close_due_at INTEGER;
ALTER TABLE reports ADD COLUMN closed_level INTEGER;
ALTER TABLE reports ADD COLUMN reworks INTEGER NOT NULL DEFAULT 0;
-- What the last call back found: 1 content, 2 not content, 3 not reached; 0 for none.
ALTER TABLE reports ADD COLUMN called_back INTEGER NOT NULL DEFAULT 0;
-- The unit that leads, or led last.
ALTER TABLE reports ADD COLUMN lead TEXT;
CREATE INDEX reports_by_receipt ON reports (feed_no, submitted_at) WHERE submitted_at IS NOT NULL;
