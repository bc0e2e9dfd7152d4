-- Tenders that the register of standards is to hear of.
CREATE TABLE citation_report (
    tender TEXT PRIMARY KEY NOT NULL,
    version BIGINT NOT NULL,
    position BIGINT NOT NULL,
    done BOOLEAN NOT NULL,
    attempts INTEGER NOT NULL,
    next_at TIMESTAMP NOT NULL
);
CREATE INDEX citation_report_position ON citation_report (position);
CREATE INDEX citation_report_due ON citation_report (done, next_at);
