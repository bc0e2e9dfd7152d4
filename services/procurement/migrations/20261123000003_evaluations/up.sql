-- Evaluations of bids, append-only: the answer as it was given, and what it was made from. What bidders declare of persons is kept as salted hashes only.
CREATE TABLE evaluation (
    id TEXT PRIMARY KEY,
    tender TEXT NOT NULL,
    lot TEXT NOT NULL,
    number BIGINT NOT NULL,
    organisation TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('ranked', 'undecided', 'void')),
    conclusive BOOLEAN NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    client TEXT NOT NULL,
    digest TEXT NOT NULL,
    inputs TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE UNIQUE INDEX evaluation_number ON evaluation (tender, lot, number);
CREATE INDEX evaluation_tender ON evaluation (tender, id);
