-- The internal risk class told last for each enterprise, and the day on which time alone will change it.
CREATE TABLE risk_class (
    enterprise TEXT PRIMARY KEY REFERENCES enterprise (uscc),
    class TEXT NOT NULL CHECK (class IN ('A', 'B', 'C', 'D')),
    points INTEGER NOT NULL,
    classified_on DATE NOT NULL,
    next_on DATE,
    policy_from DATE NOT NULL
);
CREATE INDEX risk_class_class ON risk_class (class, enterprise);
CREATE INDEX risk_class_next ON risk_class (next_on) WHERE next_on IS NOT NULL;
