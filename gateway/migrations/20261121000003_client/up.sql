-- Who may ask for tokens. Clients are added and changed, never deleted: their events name them for ever.
CREATE TABLE client (
    client_id TEXT PRIMARY KEY,
    org TEXT NOT NULL,
    role TEXT NOT NULL,
    scopes TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

-- Two live secrets at once, so that a secret is changed without a gap; hashes only (argon2id, PHC string).
CREATE TABLE client_secret (
    client_id TEXT NOT NULL REFERENCES client (client_id),
    slot INTEGER NOT NULL CHECK (slot IN (1, 2)),
    hash TEXT NOT NULL,
    added_at TIMESTAMP NOT NULL,
    PRIMARY KEY (client_id, slot)
);
