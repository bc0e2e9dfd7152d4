DROP TABLE log_head;
DROP TABLE log_node;
DROP TABLE log_entry;
