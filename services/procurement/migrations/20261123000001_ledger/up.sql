-- The log of decisions, append-only: which entry each decision or batch is. `leaf` is its hash, in hexadecimal.
CREATE TABLE log_entry (
    number BIGINT PRIMARY KEY,
    id TEXT NOT NULL,
    digest TEXT NOT NULL,
    position BIGINT NOT NULL,
    leaf TEXT NOT NULL
);
CREATE UNIQUE INDEX log_entry_id ON log_entry (id);

-- Complete subtrees of every eighth level; what lies between is hashed when it is asked for.
CREATE TABLE log_node (
    level INTEGER NOT NULL,
    number BIGINT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (level, number)
);

-- The newest checkpoint, in one row. Whoever keeps an older one is shown that the log still begins with it.
CREATE TABLE log_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size BIGINT NOT NULL,
    note TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);
