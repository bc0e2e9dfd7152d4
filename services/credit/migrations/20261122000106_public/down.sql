DROP TABLE withdrawal_cursor;
DROP TABLE fact_withdrawal;
DROP INDEX fact_listed;
