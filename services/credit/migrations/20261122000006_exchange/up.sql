-- Who looked at what is not public (provincial credit regulations, domain.md 3.7): written behind the reader's back, removed after the policy's years.
CREATE TABLE query_log (
    id TEXT PRIMARY KEY,
    asked_at TIMESTAMP NOT NULL,
    asked_on DATE NOT NULL,
    client TEXT NOT NULL,
    organisation TEXT NOT NULL,
    role TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    operation TEXT NOT NULL,
    purpose TEXT,
    trace_id TEXT NOT NULL,
    status INTEGER NOT NULL
);
CREATE INDEX query_log_enterprise ON query_log (enterprise, asked_on, organisation);
CREATE INDEX query_log_client ON query_log (client, id);
CREATE INDEX query_log_asked_on ON query_log (asked_on);
