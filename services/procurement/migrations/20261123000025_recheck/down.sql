DROP TABLE recheck_cursor;
DROP TABLE recheck_supplier;
DROP TABLE recheck;
