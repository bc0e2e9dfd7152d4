-- Every write group of a schema takes this lane first (LOCK TABLE .. IN EXCLUSIVE MODE), so that feed positions are commit order.
CREATE TABLE write_lane (one INTEGER PRIMARY KEY);

-- The head of the feed: position and time are stamped together inside the lane.
CREATE TABLE feed_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch TEXT NOT NULL,
    position BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);

-- CloudEvents 1.0, written in the transaction of their effect.
CREATE TABLE outbox (
    position BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    audience TEXT NOT NULL CHECK (audience IN ('public', 'partner', 'internal')),
    recorded_at TIMESTAMP NOT NULL,
    actor TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX outbox_recorded_at ON outbox (recorded_at);

-- How far this service has followed another's feed: event, projection and cursor move in one transaction.
CREATE TABLE follower (
    source TEXT PRIMARY KEY,
    epoch TEXT NOT NULL,
    position BIGINT NOT NULL,
    head BIGINT NOT NULL,
    seen_at TIMESTAMP NOT NULL
);

-- Events that could not be applied after several tries; later events of the same subject wait behind them.
CREATE TABLE parked_event (
    source TEXT NOT NULL,
    position BIGINT NOT NULL,
    subject TEXT NOT NULL,
    event TEXT NOT NULL,
    reason TEXT NOT NULL,
    parked_at TIMESTAMP NOT NULL,
    PRIMARY KEY (source, position)
);
CREATE INDEX parked_event_subject ON parked_event (source, subject);

-- Answers kept for seven days under the caller's key, in the transaction of their effect.
CREATE TABLE idempotency (
    client TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    key TEXT NOT NULL,
    body_sha256 TEXT NOT NULL,
    status INTEGER NOT NULL,
    etag TEXT,
    location TEXT,
    body TEXT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    PRIMARY KEY (client, method, path, key)
);
CREATE INDEX idempotency_recorded_at ON idempotency (recorded_at);
