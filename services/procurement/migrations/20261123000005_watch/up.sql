-- Endpoints of clients. The secret is kept as it is: it must sign again. While it is changed the one before signs too.
CREATE TABLE webhook (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    org TEXT NOT NULL,
    url TEXT NOT NULL,
    events TEXT,
    description TEXT,
    secret TEXT NOT NULL,
    old_secret TEXT,
    old_until TIMESTAMP,
    active BOOLEAN NOT NULL,
    disabled_because TEXT,
    failing_since TIMESTAMP,
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX webhook_client ON webhook (client, id);

-- Messages to endpoints. Whoever sends one has leased it; a lease that ends without an attempt beside it is a process that died.
CREATE TABLE delivery (
    id TEXT PRIMARY KEY,
    webhook TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    tries INTEGER NOT NULL,
    due_at TIMESTAMP,
    leased_until TIMESTAMP,
    lease TEXT,
    recorded_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);
CREATE INDEX delivery_webhook ON delivery (webhook, id);
CREATE INDEX delivery_due ON delivery (due_at);
CREATE INDEX delivery_leased ON delivery (leased_until) WHERE leased_until IS NOT NULL;

-- The attempts of a message; never changed.
CREATE TABLE delivery_attempt (
    delivery TEXT NOT NULL,
    number INTEGER NOT NULL,
    at TIMESTAMP NOT NULL,
    latency_ms BIGINT NOT NULL,
    status INTEGER,
    error TEXT,
    next_at TIMESTAMP,
    PRIMARY KEY (delivery, number)
);

-- Decisions that are reconsidered. `turn` rises whenever there is reason to; what was found on an older turn does not end the need.
CREATE TABLE watch (
    id TEXT PRIMARY KEY,
    client TEXT NOT NULL,
    org TEXT NOT NULL,
    decision TEXT NOT NULL,
    supplier TEXT NOT NULL,
    tender TEXT,
    until_at TIMESTAMP,
    moving BOOLEAN NOT NULL,
    webhook TEXT,
    state TEXT NOT NULL CHECK (state IN ('active', 'ended')),
    ended_because TEXT,
    ended_at TIMESTAMP,
    outcome TEXT NOT NULL,
    findings TEXT NOT NULL,
    position BIGINT NOT NULL,
    considered_at TIMESTAMP,
    flips BIGINT NOT NULL,
    due BOOLEAN NOT NULL,
    due_position BIGINT NOT NULL,
    turn BIGINT NOT NULL,
    leased_until TIMESTAMP,
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);
CREATE INDEX watch_client ON watch (client, id);
CREATE INDEX watch_due ON watch (due, id);
CREATE INDEX watch_moving ON watch (state, moving);
CREATE INDEX watch_until ON watch (until_at);
CREATE INDEX watch_tender ON watch (tender);

-- Whose change is a reason to reconsider; gone with the end of the watch.
CREATE TABLE watch_supplier (
    uscc TEXT NOT NULL,
    watch TEXT NOT NULL,
    PRIMARY KEY (uscc, watch)
);
CREATE INDEX watch_supplier_watch ON watch_supplier (watch);

-- Every change of an outcome, as it was told.
CREATE TABLE watch_flip (
    watch TEXT NOT NULL,
    number BIGINT NOT NULL,
    at TIMESTAMP NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (watch, number)
);

-- How far the changes of suppliers and the days were looked at; one row.
CREATE TABLE watch_cursor (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    position BIGINT NOT NULL,
    day DATE NOT NULL
);
