DROP TABLE watch_cursor;
DROP TABLE watch_flip;
DROP TABLE watch_supplier;
DROP TABLE watch;
DROP TABLE delivery_attempt;
DROP TABLE delivery;
DROP TABLE webhook;
