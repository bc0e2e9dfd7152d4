DROP TABLE supervision;
