-- Signed decisions of the last weeks: asked again when somebody concerned changes, so that the status of a receipt says whether its outcome still stands.
CREATE TABLE recheck (
    decision TEXT PRIMARY KEY,
    decided_at TIMESTAMP NOT NULL,
    due BOOLEAN NOT NULL,
    due_position BIGINT NOT NULL,
    leased_until TIMESTAMP
);
CREATE INDEX recheck_due ON recheck (due, decision);
CREATE INDEX recheck_decided_at ON recheck (decided_at);

CREATE TABLE recheck_supplier (
    uscc TEXT NOT NULL,
    decision TEXT NOT NULL,
    PRIMARY KEY (uscc, decision)
);
CREATE INDEX recheck_supplier_decision ON recheck_supplier (decision);

-- How far the own feed was read for new decisions, and that of credit for changes; one row.
CREATE TABLE recheck_cursor (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    own_position BIGINT NOT NULL,
    position BIGINT NOT NULL
);
