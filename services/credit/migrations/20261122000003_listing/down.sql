DROP INDEX fact_on_trustworthy;
DROP INDEX fact_on_abnormal_operation;
DROP INDEX fact_on_serious_violation;
DROP TABLE listing_step;
DROP TABLE listing;
