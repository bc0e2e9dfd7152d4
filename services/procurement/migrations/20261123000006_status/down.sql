DROP TABLE status_mark;
DROP TABLE status_block;
