-- Whether an international edition is applicable here at all; the marks by day stand in the body.
CREATE TABLE edition_applicability (
    edition TEXT PRIMARY KEY NOT NULL REFERENCES edition (id),
    version BIGINT NOT NULL,
    body TEXT NOT NULL
);

-- One outcome of a check, test or complaint, at a clause of an edition.
CREATE TABLE edition_finding (
    id TEXT PRIMARY KEY NOT NULL,
    edition TEXT NOT NULL REFERENCES edition (id),
    clause TEXT NOT NULL,
    outcome TEXT NOT NULL,
    source TEXT NOT NULL,
    found_on DATE NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    note TEXT
);
CREATE INDEX edition_finding_edition ON edition_finding (edition, id);

-- What those who work by an edition say of it (Standardization Law 29).
CREATE TABLE edition_feedback (
    id TEXT PRIMARY KEY NOT NULL,
    edition TEXT NOT NULL REFERENCES edition (id),
    clause TEXT NOT NULL,
    subject TEXT NOT NULL,
    organisation TEXT NOT NULL,
    given_on DATE NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    words TEXT NOT NULL
);
CREATE INDEX edition_feedback_edition ON edition_feedback (edition, id);

-- A review that left an edition as it is.
CREATE TABLE edition_confirmation (
    edition TEXT NOT NULL REFERENCES edition (id),
    confirmed_on DATE NOT NULL,
    document_no TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    PRIMARY KEY (edition, confirmed_on)
);
