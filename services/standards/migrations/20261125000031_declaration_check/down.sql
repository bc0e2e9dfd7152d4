DROP TABLE declaration_check;
DROP TABLE check_plan;
