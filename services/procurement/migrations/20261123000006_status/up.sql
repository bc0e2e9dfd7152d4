-- How many places in status lists are taken; a process takes a block of them and hands them out one by one.
CREATE TABLE status_block (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    next BIGINT NOT NULL
);

-- What was withdrawn, and whose outcome would be another one by now. What is in force has no row.
CREATE TABLE status_mark (
    id TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('revocation', 'message')),
    list BIGINT,
    bit BIGINT,
    reason TEXT NOT NULL,
    outcome TEXT,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (id, purpose)
);
CREATE INDEX status_mark_list ON status_mark (purpose, list, bit);
