CREATE TABLE supervision (
    id TEXT PRIMARY KEY NOT NULL,
    number TEXT NOT NULL,
    -- The association of the number, where it is registered.
    association TEXT,
    complainant TEXT,
    state TEXT NOT NULL,
    -- Whether its outcome is made public.
    is_public BOOLEAN NOT NULL,
    -- The earliest day by which somebody has to act.
    due_on DATE,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX supervision_number ON supervision (number, id);
CREATE INDEX supervision_state ON supervision (state, id);
CREATE INDEX supervision_public ON supervision (is_public, id);
