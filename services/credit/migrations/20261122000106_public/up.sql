-- The public lists are read by kind; the facts that make them are few.
CREATE INDEX fact_listed ON fact (kind, enterprise, id)
    WHERE kind IN ('serious_violation_listing', 'abnormal_operation_listing', 'trustworthy_listing');

-- Facts of which the feed's events are withdrawn below internal: for good where they were corrected or annulled, else for as long as they are not public.
CREATE TABLE fact_withdrawal (
    fact TEXT PRIMARY KEY REFERENCES fact (id),
    enterprise TEXT NOT NULL,
    for_good BOOLEAN NOT NULL,
    withdrawn_at TIMESTAMP NOT NULL
);
CREATE INDEX fact_withdrawal_enterprise ON fact_withdrawal (enterprise);

-- How far the job that withdraws has come in the feed and in the calendar.
CREATE TABLE withdrawal_cursor (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    position BIGINT NOT NULL,
    day DATE NOT NULL
);
