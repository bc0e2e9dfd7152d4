CREATE TABLE group_standard (
    id TEXT PRIMARY KEY NOT NULL,
    association TEXT NOT NULL REFERENCES association (code),
    -- Sequence and part as text: leading zeros tell numbers apart.
    sequence TEXT NOT NULL,
    -- The number of its edition, once it is published.
    number TEXT UNIQUE,
    state TEXT NOT NULL,
    -- Whether it was ever put to consultation, and with that is public.
    is_open BOOLEAN NOT NULL,
    consult_until DATE,
    review_due_on DATE,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX group_standard_association ON group_standard (association, sequence);
CREATE INDEX group_standard_consult ON group_standard (state, consult_until);

CREATE TABLE consultation_comment (
    id TEXT PRIMARY KEY NOT NULL,
    standard TEXT NOT NULL REFERENCES group_standard (id),
    organisation TEXT NOT NULL,
    is_answered BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX consultation_comment_standard ON consultation_comment (standard, id);
