-- Signed decisions are taken up in their own transaction: the own feed is not read for them.
ALTER TABLE recheck_cursor DROP COLUMN own_position;
