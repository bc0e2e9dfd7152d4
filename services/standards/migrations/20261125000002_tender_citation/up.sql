-- Open tenders and the standards that they cite, as procurement reports them.
CREATE TABLE tender (
    id TEXT PRIMARY KEY NOT NULL,
    version BIGINT NOT NULL,
    organisation TEXT NOT NULL,
    title TEXT NOT NULL,
    cut_off TIMESTAMP NOT NULL,
    open BOOLEAN NOT NULL
);

CREATE TABLE tender_citation (
    tender TEXT NOT NULL REFERENCES tender (id),
    number TEXT NOT NULL,
    PRIMARY KEY (tender, number)
);
CREATE INDEX tender_citation_number ON tender_citation (number, tender);
