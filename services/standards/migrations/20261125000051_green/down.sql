DROP TABLE green_mark;
DROP TABLE green_standard;
