-- Events whose publicity has ended: readers below internal get them without their data. The outbox itself is never touched.
CREATE TABLE withdrawal (
    position BIGINT PRIMARY KEY REFERENCES outbox (position),
    withdrawn_at TIMESTAMP NOT NULL
);

-- What is withdrawn is found by when it was told and of whom.
DROP INDEX outbox_recorded_at;
CREATE INDEX outbox_recorded_at ON outbox (recorded_at, subject);
