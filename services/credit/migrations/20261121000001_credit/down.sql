DROP TABLE fact_deadline;
DROP TABLE score_timeline;
DROP TABLE fact;
DROP TABLE enterprise_name;
DROP TABLE enterprise_version;
DROP TABLE enterprise;
