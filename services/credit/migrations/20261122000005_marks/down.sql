DROP TABLE proceeding;
DROP TABLE fact_mark;
DROP INDEX fact_public_until;
ALTER TABLE fact DROP COLUMN public_until;
ALTER TABLE fact DROP COLUMN publicity;
