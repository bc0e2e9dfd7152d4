-- Whom a decision was given to, and for which tender: an award rests on one that its buyer asked for. Those of before name neither; for an award they are
-- asked for anew.
ALTER TABLE decision ADD COLUMN organisation TEXT NOT NULL DEFAULT '';
ALTER TABLE decision ADD COLUMN tender TEXT;
CREATE INDEX decision_tender ON decision (tender, supplier, decided_at) WHERE tender IS NOT NULL;
