-- A draw of declarations: what was fixed beforehand, and what came of it.
CREATE TABLE check_plan (
    id TEXT PRIMARY KEY NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('committed', 'drawn')),
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    body TEXT NOT NULL,
    -- Who may be drawn, as JSON: long, and not read for lists.
    urn TEXT NOT NULL
);

CREATE TABLE declaration_check (
    id TEXT PRIMARY KEY NOT NULL,
    -- None for goods that were found without a declaration.
    plan TEXT REFERENCES check_plan (id),
    declaration TEXT REFERENCES declaration (id),
    enterprise TEXT NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    found_on DATE,
    publicised_on DATE,
    version BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (plan, declaration)
);
CREATE INDEX declaration_check_enterprise ON declaration_check (enterprise, id);
CREATE INDEX declaration_check_declaration ON declaration_check (declaration, id);
CREATE INDEX declaration_check_state ON declaration_check (state, id);
CREATE INDEX declaration_check_publicised ON declaration_check (publicised_on, id);
