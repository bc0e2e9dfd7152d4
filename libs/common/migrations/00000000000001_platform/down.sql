DROP TABLE idempotency;
DROP TABLE parked_event;
DROP TABLE follower;
DROP TABLE outbox;
DROP TABLE feed_head;
DROP TABLE write_lane;
