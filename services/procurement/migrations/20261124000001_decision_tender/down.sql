DROP INDEX decision_tender;
ALTER TABLE decision DROP COLUMN tender;
ALTER TABLE decision DROP COLUMN organisation;
