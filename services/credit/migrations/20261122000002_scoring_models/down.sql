DROP TABLE work_lease;
DROP TABLE score_run;
DROP TABLE shadow_run;
DROP TABLE scoring_model;
