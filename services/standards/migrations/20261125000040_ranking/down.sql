DROP TABLE ranking;
DROP TABLE ranking_exclusion;
DROP TABLE ranking_plan;
DROP TABLE assessor;
