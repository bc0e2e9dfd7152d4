-- How far each outcome of a check is known in credit.
CREATE TABLE credit_report (
    declaration_check TEXT PRIMARY KEY NOT NULL,
    position BIGINT NOT NULL,
    version BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'acknowledged', 'refused')),
    fact TEXT,
    -- It was sent, and the answer did not come back.
    in_doubt BOOLEAN NOT NULL,
    attempts INTEGER NOT NULL,
    next_at TIMESTAMP NOT NULL,
    failure TEXT,
    -- Of which standard, and until when the fact counts: less long once the edition has ended.
    standard TEXT,
    valid_to DATE
);
CREATE INDEX credit_report_standard ON credit_report (standard);
CREATE INDEX credit_report_position ON credit_report (position);
CREATE INDEX credit_report_due ON credit_report (state, next_at);
