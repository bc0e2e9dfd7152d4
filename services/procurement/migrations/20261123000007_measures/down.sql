ALTER TABLE ruleset DROP COLUMN revision;
DELETE FROM standing_row WHERE kind = 'measures';
