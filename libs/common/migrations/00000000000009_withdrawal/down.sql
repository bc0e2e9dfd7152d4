DROP TABLE withdrawal;
DROP INDEX outbox_recorded_at;
CREATE INDEX outbox_recorded_at ON outbox (recorded_at);
