-- A candidate of a ranking, and what became of it.
CREATE TABLE leader (
    id TEXT PRIMARY KEY NOT NULL,
    ranking TEXT NOT NULL REFERENCES ranking (id),
    declaration TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    edition TEXT NOT NULL,
    state TEXT NOT NULL,
    -- The last day of the title.
    valid_until DATE,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (ranking, declaration)
);
CREATE INDEX leader_enterprise ON leader (enterprise, id);
CREATE INDEX leader_state ON leader (state, id);
