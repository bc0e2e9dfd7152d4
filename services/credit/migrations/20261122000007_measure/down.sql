DROP TABLE measure_record;
DROP TABLE measure_told;
