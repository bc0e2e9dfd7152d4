DROP TABLE edition_stricter;
DROP TABLE edition_row;
