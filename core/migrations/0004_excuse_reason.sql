-- Why a key place did not have to be visited, in the words of whoever excused it. NULL for visits, and where an older server did not say.

ALTER TABLE coverage_visit ADD COLUMN reason TEXT;
