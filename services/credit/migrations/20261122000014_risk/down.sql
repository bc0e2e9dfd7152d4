DROP TABLE risk_class;
