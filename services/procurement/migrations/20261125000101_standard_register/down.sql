DROP TABLE register_cursor;
DROP TABLE register_interest;
DROP TABLE edition_stricter;
DROP TABLE edition_row;
